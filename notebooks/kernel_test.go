package notebooks

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-zeromq/zmq4"
)

// kernel is a running gonb with the sockets of Jupyter's messaging protocol 5.
type kernel struct {
	key     []byte
	session string
	shell   zmq4.Socket // requests to execute, and their replies
	control zmq4.Socket // shutdown
	iopub   chan message
	replies chan message
	gone    chan struct{} // closed when the process has ended
	log     *bytes.Buffer // of the process; read it after gone
}

type header struct {
	ID      string `json:"msg_id"`
	Session string `json:"session"`
	User    string `json:"username"`
	Date    string `json:"date"`
	Type    string `json:"msg_type"`
	Version string `json:"version"`
}

type message struct {
	Header, Parent header
	Content        json.RawMessage
}

// startKernel starts gonb in a folder and stops it at the end of the test. env
// comes over the test's own environment.
func startKernel(t *testing.T, bin, folder string, env ...string) *kernel {
	t.Helper()
	temp := t.TempDir()
	ports, err := freePorts(5)
	if err != nil {
		t.Fatal(err)
	}
	k := &kernel{key: []byte(rand.Text()), session: rand.Text(), iopub: make(chan message, 1000), replies: make(chan message, 10), gone: make(chan struct{}), log: &bytes.Buffer{}}
	connection, err := json.Marshal(map[string]any{
		"transport": "tcp", "ip": "127.0.0.1", "key": string(k.key), "signature_scheme": "hmac-sha256", "kernel_name": "gonb",
		"shell_port": ports[0], "iopub_port": ports[1], "control_port": ports[2], "stdin_port": ports[3], "hb_port": ports[4],
	})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(temp, "connection.json")
	if err := os.WriteFile(file, connection, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(bin, "gonb"), "--kernel", file, "--raw_error")
	cmd.Dir = folder
	cmd.Env = append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TMPDIR="+temp,
		"GOPROXY=off", // no cell may ask the network
		"GOWORK=off", "GOFLAGS=-mod=readonly -buildvcs=false -ldflags=-w",
	)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdout, cmd.Stderr = k.log, k.log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // cells are in its group
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = cmd.Wait()
		close(k.gone)
	}()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(func() {
		if k.control != nil {
			_ = k.send(k.control, "shutdown_request", rand.Text(), map[string]any{"restart": false})
		}
		select {
		case <-k.gone:
		case <-time.After(5 * time.Second):
		}
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-k.gone
		cancel()
	})
	if err := k.connect(ctx, ports); err != nil {
		t.Fatalf("%v\n%s", err, k.log)
	}
	return k
}

// freePorts are ports that were free a moment ago.
func freePorts(n int) ([]int, error) {
	var ports []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all are held until all are known
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
	}
	return ports, nil
}

func (k *kernel) connect(ctx context.Context, ports []int) error {
	dial := func(s zmq4.Socket, port int) error { return s.Dial(fmt.Sprintf("tcp://127.0.0.1:%d", port)) }
	retry := zmq4.WithDialerMaxRetries(40) // a quarter of a second apart
	k.shell = zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity(k.session)), retry)
	k.control = zmq4.NewDealer(ctx, zmq4.WithID(zmq4.SocketIdentity(k.session)), retry)
	sub := zmq4.NewSub(ctx, retry)
	if err := errors.Join(dial(k.shell, ports[0]), dial(sub, ports[1]), dial(k.control, ports[2]), sub.SetOption(zmq4.OptionSubscribe, "")); err != nil {
		return fmt.Errorf("the kernel does not answer: %w", err)
	}
	go k.receive(ctx, sub, k.iopub)
	go k.receive(ctx, k.shell, k.replies)
	// A subscription takes a moment to arrive, and what is published before is
	// lost: ask until an answer is heard on both sockets.
	for range 100 {
		if err := k.send(k.shell, "kernel_info_request", rand.Text(), map[string]any{}); err != nil {
			return err
		}
		select {
		case <-k.replies:
		case <-time.After(10 * time.Second):
			return errors.New("the kernel does not answer on its shell socket")
		}
		select {
		case <-k.iopub:
			return nil
		case <-time.After(100 * time.Millisecond):
		}
	}
	return errors.New("the kernel publishes nothing")
}

func (k *kernel) receive(ctx context.Context, s zmq4.Socket, to chan<- message) {
	for {
		m, err := s.Recv()
		if err != nil {
			return
		}
		parsed, err := k.parse(m.Frames)
		if err != nil {
			continue // not a message of this protocol; the reader's time limit tells
		}
		select {
		case to <- parsed:
		case <-ctx.Done():
			return
		}
	}
}

const delimiter = "<IDS|MSG>"

func (k *kernel) send(s zmq4.Socket, kind, id string, content any) error {
	h := header{ID: id, Session: k.session, User: "test", Date: time.Now().UTC().Format(time.RFC3339), Type: kind, Version: "5.3"}
	var parts [][]byte
	for _, v := range []any{h, struct{}{}, struct{}{}, content} {
		b, err := json.Marshal(v)
		if err != nil {
			return err
		}
		parts = append(parts, b)
	}
	return s.SendMulti(zmq4.NewMsgFrom(append([][]byte{[]byte(delimiter), k.sign(parts)}, parts...)...))
}

func (k *kernel) sign(parts [][]byte) []byte {
	mac := hmac.New(sha256.New, k.key)
	for _, p := range parts {
		mac.Write(p)
	}
	return []byte(hex.EncodeToString(mac.Sum(nil)))
}

func (k *kernel) parse(frames [][]byte) (message, error) {
	for i, f := range frames {
		if string(f) != delimiter || len(frames) < i+6 {
			continue
		}
		if !hmac.Equal(frames[i+1], k.sign(frames[i+2:i+6])) {
			return message{}, errors.New("wrong signature")
		}
		m := message{Content: frames[i+5]}
		return m, errors.Join(json.Unmarshal(frames[i+2], &m.Header), json.Unmarshal(frames[i+3], &m.Parent))
	}
	return message{}, errors.New("no delimiter")
}

// run executes code and returns the cell's outputs.
func (k *kernel) run(code string, limit time.Duration) ([]output, error) {
	id := rand.Text()
	err := k.send(k.shell, "execute_request", id, map[string]any{
		"code": code, "silent": false, "store_history": true, "user_expressions": map[string]any{}, "allow_stdin": false, "stop_on_error": true,
	})
	if err != nil {
		return nil, err
	}
	var c collector
	late := time.After(limit)
	replied, idle := false, false
	for !replied || !idle {
		select {
		case m := <-k.replies:
			replied = replied || m.Parent.ID == id
		case m := <-k.iopub:
			if m.Parent.ID != id {
				continue
			}
			done, err := c.hear(m)
			if err != nil {
				return c.outputs, err
			}
			idle = idle || done
		case <-k.gone:
			return c.outputs, fmt.Errorf("the kernel ended\n%s", k.log)
		case <-late:
			return c.outputs, fmt.Errorf("the cell ran for more than %v", limit)
		}
	}
	return c.stable(), nil
}

// collector makes outputs of what the kernel publishes during a cell.
type collector struct{ outputs []output }

// hear takes one message; done says that the cell has ended.
func (c *collector) hear(m message) (done bool, err error) {
	var content struct {
		ExecutionState string                     `json:"execution_state"`
		Name           string                     `json:"name"`
		Text           string                     `json:"text"`
		Data           map[string]json.RawMessage `json:"data"`
		Metadata       map[string]any             `json:"metadata"`
		Transient      struct {
			DisplayID string `json:"display_id"`
		} `json:"transient"`
		EName     string   `json:"ename"`
		EValue    string   `json:"evalue"`
		Traceback []string `json:"traceback"`
	}
	if err := json.Unmarshal(m.Content, &content); err != nil {
		return false, fmt.Errorf("message %s: %w", m.Header.Type, err)
	}
	switch m.Header.Type {
	case "status":
		return content.ExecutionState == "idle", nil
	case "stream":
		c.outputs = append(c.outputs, output{Kind: "stream", Name: content.Name, Text: text(content.Text)})
	case "error":
		c.outputs = append(c.outputs, output{Kind: "error", EName: content.EName, EValue: content.EValue, Traceback: content.Traceback})
	case "display_data", "update_display_data", "execute_result":
		o := output{Kind: "display_data", Data: bundle{}, Metadata: map[string]any{}, display: content.Transient.DisplayID}
		for kind, raw := range content.Data {
			var s string
			if err := json.Unmarshal(raw, &s); err != nil {
				return false, fmt.Errorf("%s is not text: %w", kind, err)
			}
			o.Data[kind] = text(s)
		}
		for i := range c.outputs {
			if o.display != "" && c.outputs[i].display == o.display {
				c.outputs[i] = o
				return false, nil
			}
		}
		c.outputs = append(c.outputs, o)
	}
	return false, nil
}

// stable brings the outputs into the order in which a file keeps them: streams
// and rich data come through two pipes, and which is first differs from run to
// run. Rich data first, then one stream each, then errors.
func (c *collector) stable() []output {
	var rich, errs []output
	var streams [2]output
	for _, o := range c.outputs {
		switch {
		case o.Kind == "error":
			errs = append(errs, o)
		case o.Kind == "stream":
			i := 0
			if o.Name == "stderr" {
				i = 1
			}
			streams[i].Kind, streams[i].Name = o.Kind, o.Name
			streams[i].Text += o.Text
		default:
			rich = append(rich, o)
		}
	}
	for _, s := range streams {
		if strings.TrimSpace(string(s.Text)) != "" {
			rich = append(rich, s)
		}
	}
	return append(rich, errs...)
}
