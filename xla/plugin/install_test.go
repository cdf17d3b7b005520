package plugin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// lines collects what an installation says.
type lines []string

func (l *lines) log(format string, args ...any) { *l = append(*l, fmt.Sprintf(format, args...)) }

// left lists what lies in the cache beside locks.
func left(t *testing.T, m Machine) []string {
	entries, err := os.ReadDir(m.Cache)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".lock") {
			names = append(names, e.Name())
		}
	}
	return names
}

func member(data []byte) map[string][]byte {
	return map[string][]byte{"pkg/pjrt_c_api_cpu_plugin.so": data, "pkg/__init__.py": nil}
}

func TestInstall(t *testing.T) {
	m := fake(t, nil)
	wheel, w := wheelOf(t, member(good()))
	keep := filepath.Join(t.TempDir(), "requirement")
	script, calls := python(t, nil, copyWheel(wheel)+fmt.Sprintf(" && cp \"$requirement\" '%s'", keep))
	m.Python = []string{"no-such-python", script}
	write(t, m.Cache+"/.pkg-1.0.part-77/wheel/half.whl", []byte("PK")) // of a process that was killed
	var said lines
	l, err := m.Install(t.Context(), w, said.log)
	if err != nil {
		t.Fatal(err)
	}
	if want := m.Cache + "/pkg-1.0/pjrt_c_api_cpu_plugin.so"; l.Path != want || l.Platform != "cpu" || m.Check(l.Path) != nil {
		t.Errorf("got %+v, want a sound %s", l, want)
	}
	if got := left(t, m); len(got) != 1 || got[0] != "pkg-1.0" {
		t.Errorf("the cache holds %q", got)
	}
	if line, _ := os.ReadFile(keep); string(line) != "pkg==1.0 --hash=sha256:"+w.SHA256+"\n" {
		t.Errorf("pip was given %q", line)
	}
	asked, _ := os.ReadFile(calls)
	for _, option := range []string{"-m pip download", "--no-deps", "--require-hashes"} {
		if !strings.Contains(string(asked), option) {
			t.Errorf("pip was called without %s: %s", option, asked)
		}
	}
	if len(said) != 1 || !strings.Contains(said[0], "pkg 1.0") || !strings.Contains(said[0], m.Cache) {
		t.Errorf("said %q", said)
	}
	if _, err := m.Install(t.Context(), w, said.log); err != nil || count(t, calls) != 1 || len(said) != 1 {
		t.Errorf("again: %v, %d calls of pip, said %q", err, count(t, calls), said)
	}
	// The finder has it, and a broken one is replaced.
	if fit, _ := found(t, m, "cpu"); len(fit) != 1 {
		t.Errorf("found %q", fit)
	}
	write(t, l.Path, []byte("broken"))
	if _, err := m.Install(t.Context(), w, said.log); err != nil || m.Check(l.Path) != nil || len(left(t, m)) != 1 {
		t.Errorf("broken: %v, the cache holds %q", err, left(t, m))
	}
}

// Whatever goes wrong, the error says what to do and the cache stays empty.
func TestInstallFails(t *testing.T) {
	sound, w := wheelOf(t, member(good()))
	other, _ := wheelOf(t, member(append(good(), 0)))
	pinned := func(files map[string][]byte) (string, Wheel) { return wheelOf(t, files) }
	escaping, escapingPin := pinned(map[string][]byte{"pkg/pjrt_c_api_cpu_plugin.so": good(), "../../evil.so": good()})
	rooted, rootedPin := pinned(map[string][]byte{"pkg/pjrt_c_api_cpu_plugin.so": good(), "/evil.so": good()})
	empty, emptyPin := pinned(map[string][]byte{"pkg/other.so": good()})
	text, textPin := pinned(member([]byte("no library")))
	big, bigPin := pinned(member(append(good(), make([]byte, 1000)...)))
	bigPin.Size = int64(len(good()))
	small, smallPin := pinned(member(good()))
	smallPin.Size++
	tests := map[string]struct {
		w    Wheel
		body string
		want string
	}{
		"wrong file":        {w, copyWheel(other), "instead of the pinned"},
		"pip refuses hash":  {w, "echo 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.' >&2; exit 1", "pinned SHA-256"},
		"no network":        {w, "echo 'WARNING: Retrying' >&2; echo 'ERROR: No matching distribution found for pkg==1.0' >&2; exit 1", "No matching distribution"},
		"no pip":            {w, "echo '/usr/bin/python3: No module named pip' >&2; exit 1", "python3-pip"},
		"dies silently":     {w, "exit 7", "exit status 7"},
		"nothing came":      {w, "exit 0", "0 wheels"},
		"two came":          {w, copyWheel(sound) + "; cp \"$dest\"/*.whl \"$dest/b.whl\"", "2 wheels"},
		"path that escapes": {escapingPin, copyWheel(escaping), "unsafe path"},
		"absolute path":     {rootedPin, copyWheel(rooted), "unsafe path"},
		"no member":         {emptyPin, copyWheel(empty), "does not hold"},
		"member too big":    {bigPin, copyWheel(big), "bytes instead of"},
		"member too small":  {smallPin, copyWheel(small), "bytes instead of"},
		"member no library": {textPin, copyWheel(text), "not a whole ELF"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			m := fake(t, nil)
			script, _ := python(t, nil, test.body)
			m.Python = []string{script}
			var said lines
			l, err := m.Install(t.Context(), test.w, said.log)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %+v, %v; want %q", l, err, test.want)
			}
			if got := left(t, m); len(got) != 0 {
				t.Errorf("the cache holds %q", got)
			}
			if exists(m.Root+"/evil.so") || exists(m.Cache+"/evil.so") {
				t.Error("a file was written outside")
			}
		})
	}
	t.Run("no Python", func(t *testing.T) {
		m := fake(t, nil)
		if _, err := m.Install(t.Context(), w, new(lines).log); err == nil || !strings.Contains(err.Error(), "no Python") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no zip", func(t *testing.T) {
		if _, err := unzip(write(t, t.TempDir()+"/a.whl", []byte("text")), "x", 1, t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a zip") {
			t.Errorf("got %v", err)
		}
	})
}

func TestInstallNowhere(t *testing.T) {
	wheel, w := wheelOf(t, member(good()))
	script, calls := python(t, nil, copyWheel(wheel))
	file := write(t, filepath.Join(t.TempDir(), "file"), nil)
	readOnly := filepath.Join(t.TempDir(), "ro")
	if err := os.Mkdir(readOnly, 0o555); err != nil {
		t.Fatal(err)
	}
	for name, cache := range map[string]string{"none": "", "below a file": filepath.Join(file, "cache"), "read-only": readOnly} {
		t.Run(name, func(t *testing.T) {
			if name == "read-only" && os.Geteuid() == 0 {
				t.Skip("root may write everywhere")
			}
			m := fake(t, nil)
			m.Cache, m.Python = cache, []string{script}
			_, err := m.Install(t.Context(), w, new(lines).log)
			if err == nil || !strings.Contains(err.Error(), "XDG_CACHE_HOME") || count(t, calls) != 0 {
				t.Errorf("got %v after %d calls of pip", err, count(t, calls))
			}
		})
	}
}

func TestInstallStopped(t *testing.T) {
	m := fake(t, nil)
	_, w := wheelOf(t, member(good()))
	ctx, cancel := context.WithCancel(t.Context())
	started := filepath.Join(m.Root, "started")
	script, _ := python(t, nil, fmt.Sprintf("mkdir -p \"$dest\"; echo PK > \"$dest/half.whl\"; : > '%s'; exec sleep 60", started))
	m.Python = []string{script}
	go func() {
		for !exists(started) && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := m.Install(ctx, w, new(lines).log); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := left(t, m); len(got) != 0 {
		t.Errorf("the cache holds %q", got)
	}
}

// A process that waits for another's installation can be stopped.
func TestInstallWaits(t *testing.T) {
	m := fake(t, nil)
	_, w := wheelOf(t, member(good()))
	if err := os.Mkdir(m.Cache, 0o755); err != nil {
		t.Fatal(err)
	}
	other := flock.New(m.Cache + "/pkg-1.0.lock")
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err := m.Install(ctx, w, func(format string, _ ...any) {
		if !strings.HasPrefix(format, "another process") {
			t.Errorf("said %q", format)
		}
		cancel()
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// helper starts this test binary as a process that installs, see TestHelper.
func helper(t *testing.T, m Machine, w Wheel, script string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelper$")
	cmd.Env = append(os.Environ(), "MEMTEST_HELPER="+strings.Join([]string{m.Root, script, w.SHA256, fmt.Sprint(w.Size)}, "|"))
	t.Cleanup(func() { _ = cmd.Process.Kill() }) // it may be gone
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

func TestHelper(t *testing.T) {
	args := strings.Split(os.Getenv("MEMTEST_HELPER"), "|")
	if len(args) != 4 {
		t.Skip("not a helper process")
	}
	_, w := wheelOf(t, member(good()))
	w.SHA256 = args[2]
	if _, err := fmt.Sscan(args[3], &w.Size); err != nil {
		t.Fatal(err)
	}
	m := fake(t, nil)
	m.Root, m.Cache, m.Python = args[0], filepath.Join(args[0], "cache"), []string{args[1]}
	if _, err := m.Install(t.Context(), w, new(lines).log); err != nil {
		t.Fatal(err)
	}
}

// Two processes install at once: both succeed, pip is called once.
func TestInstallTwoProcesses(t *testing.T) {
	m := fake(t, nil)
	wheel, w := wheelOf(t, member(good()))
	script, calls := python(t, nil, "sleep 0.3; "+copyWheel(wheel))
	a, b := helper(t, m, w, script), helper(t, m, w, script)
	if err := errors.Join(a.Wait(), b.Wait()); err != nil {
		t.Fatal(err)
	}
	if n := count(t, calls); n != 1 {
		t.Errorf("pip was called %d times", n)
	}
	if fit, _ := found(t, m, "cpu"); len(fit) != 1 || len(left(t, m)) != 1 {
		t.Errorf("found %q, the cache holds %q", fit, left(t, m))
	}
}

// A process is killed half way: it leaves no plugin, its lock is free, and the
// next one installs and sweeps up.
func TestInstallKilled(t *testing.T) {
	m := fake(t, nil)
	wheel, w := wheelOf(t, member(good()))
	started := filepath.Join(m.Root, "started")
	slow, _ := python(t, nil, fmt.Sprintf("mkdir -p \"$dest\"; echo PK > \"$dest/half.whl\"; : > '%s'; exec sleep 5", started))
	cmd := helper(t, m, w, slow)
	for deadline := time.Now().Add(20 * time.Second); !exists(started); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the helper did not start")
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as meant
	if got := left(t, m); len(got) != 1 || !strings.HasPrefix(got[0], ".pkg-1.0.part-") {
		t.Fatalf("the killed process left %q", got)
	}
	if fit, unfit := found(t, m, "cpu"); fit != nil || unfit != nil {
		t.Errorf("half a plugin was found: %q %q", fit, unfit)
	}
	quick, _ := python(t, nil, copyWheel(wheel))
	m.Python = []string{quick}
	if _, err := m.Install(t.Context(), w, new(lines).log); err != nil {
		t.Fatal(err)
	}
	if got := left(t, m); len(got) != 1 || got[0] != "pkg-1.0" {
		t.Errorf("the cache holds %q", got)
	}
}
