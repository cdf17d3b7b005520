package show

import (
	"encoding/gob"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// TestMain lets the test binary stand in for the program of a cell: gonb tells
// it by its environment that it is one.
func TestMain(m *testing.M) {
	if os.Getenv(protocol.GONB_PIPE_ENV) == "" {
		os.Exit(m.Run())
	}
	listen, end := showProgress()
	listen(memtest.Progress{Doing: "training", Done: 1, Total: 4})
	end("4 cells measured")
	for _, err := range []error{
		Rows([]result.Row{row("mlp", 5, 0.3)}),
		Image(image.NewGray(image.Rect(0, 0, 2, 2)), 1, "black"),
		Lines(Axes{Title: "a"}, Line{"b", []float64{1}, []float64{1}}),
	} {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
}

// TestEachOutputIsSynced plays the kernel for a cell: each output must be
// followed by a request to sync, or it can be lost when the cell ends.
func TestEachOutputIsSynced(t *testing.T) {
	folder := t.TempDir()
	there, back := filepath.Join(folder, "there"), filepath.Join(folder, "back")
	for _, name := range []string{there, back} {
		if err := syscall.Mkfifo(name, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	cmd.WaitDelay = time.Second
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()

	// Opened for both directions, so that no open waits for the other side.
	in, err := os.OpenFile(there, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.OpenFile(back, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		in.Close() // ends the decoder
	}()
	var heard []string
	decoder, encoder := gob.NewDecoder(in), gob.NewEncoder(out)
	for {
		var d protocol.DisplayData
		if err := decoder.Decode(&d); err != nil {
			break
		}
		if v, ok := d.Data[protocol.MIMECommValue].(protocol.CommValue); ok {
			heard = append(heard, "sync")
			if err := encoder.Encode(&protocol.CommValue{Address: protocol.GonbuiSyncAckAddress, Value: v.Value}); err != nil {
				t.Fatal(err)
			}
			continue
		}
		var kinds []string
		for kind := range d.Data {
			kinds = append(kinds, string(kind))
		}
		slices.Sort(kinds)
		heard = append(heard, strings.Join(kinds, "+"))
	}
	if err := <-ended; err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	want := []string{"text/html", "text/html", "sync", "text/html+text/plain", "sync", "image/png+text/plain", "sync", "image/png+text/plain", "sync"}
	if !slices.Equal(heard, want) {
		t.Errorf("the kernel heard %q, want %q", heard, want)
	}
}
