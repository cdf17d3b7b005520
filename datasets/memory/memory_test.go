package memory

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// lay writes files below a folder, which stands for the root of a machine.
func lay(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestTheLeastOfAllLimits(t *testing.T) {
	const meminfo = "MemTotal: 2000 kB\nMemAvailable:    1000 kB\n"
	const limits = "Limit Soft Limit Hard Limit Units\nMax data size             unlimited            unlimited            bytes\nMax address space         "
	const status = "Name:\tmemtest\nVmSize:\t  300 kB\nVmData:\t 100 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64 // in KiB; -1 = not known
	}{
		"nothing known":       {nil, -1},
		"the machine":         {map[string]string{"proc/meminfo": meminfo}, 1000},
		"no limit":            {map[string]string{"proc/meminfo": meminfo, "proc/self/limits": limits + "unlimited unlimited bytes\n", "proc/self/status": status}, 1000},
		"address space":       {map[string]string{"proc/meminfo": meminfo, "proc/self/limits": limits + "1024000 unlimited bytes\n", "proc/self/status": status}, 700},
		"group":               {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "512000\n", "sys/fs/cgroup/a/b/memory.current": "102400\n"}, 400},
		"group without limit": {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/b/memory.current": "102400\n"}, 1000},
		"group above":         {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/memory.max": "512000\n", "sys/fs/cgroup/a/memory.current": "512000\n"}, 0},
		"files in the group":  {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/a\n", "sys/fs/cgroup/a/memory.max": "512000\n", "sys/fs/cgroup/a/memory.current": "512000\n", "sys/fs/cgroup/a/memory.stat": "anon 1\ninactive_file 204800\n"}, 200},
		"container":           {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "0::/../../x\n", "sys/fs/cgroup/memory.max": "307200\n", "sys/fs/cgroup/memory.current": "0\n"}, 300},
		"first version":       {map[string]string{"proc/meminfo": meminfo, "proc/self/cgroup": "4:cpu:/a\n3:memory:/a\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "512000\n", "sys/fs/cgroup/memory/a/memory.usage_in_bytes": "102400\n"}, 400},
	} {
		got, known := free(lay(t, c.files))
		if known != (c.want >= 0) || known && got != c.want<<10 {
			t.Errorf("%s: %d KiB, %v, want %d", name, got>>10, known, c.want)
		}
	}
}

func TestEnough(t *testing.T) {
	if _, known := Free(); !known {
		t.Skip("it is not known here how much memory is free")
	}
	if err := Enough(1, "a byte"); err != nil {
		t.Error(err)
	}
	err := Enough(Product(1<<40, 1<<40, 4), "a matrix")
	if err == nil || !strings.HasPrefix(err.Error(), "a matrix needs about 4.5e+15 GiB of memory and ") || !strings.HasSuffix(err.Error(), " are free") {
		t.Error(err)
	}
}

func TestProductDoesNotOverflow(t *testing.T) {
	for _, c := range []struct {
		factors []int
		want    float64
	}{{nil, 1}, {[]int{3, 5}, 15}, {[]int{-1, 5}, 0}, {[]int{math.MaxInt, math.MaxInt}, float64(math.MaxInt) * float64(math.MaxInt)}} {
		if got := Product(c.factors...); got != c.want {
			t.Errorf("%v: %g, want %g", c.factors, got, c.want)
		}
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[float64]string{0: "0 MiB", 1: "1 MiB", 1 << 20: "1 MiB", 3 << 29: "1.5 GiB", 1e30: "9.3e+20 GiB"} {
		if got := Size(bytes); got != want {
			t.Errorf("%g: %q, want %q", bytes, got, want)
		}
	}
}

// A file of holes takes no space on the disk, and more memory than there is.
func TestReadFile(t *testing.T) {
	if _, known := Free(); !known {
		t.Skip("it is not known here how much memory is free")
	}
	file := filepath.Join(t.TempDir(), "holes")
	if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if text, err := ReadFile(file, 3); err != nil || string(text) != "text" {
		t.Errorf("%q, %v", text, err)
	}
	if err := os.Truncate(file, 1<<42); err != nil {
		t.Skip("no file of 4 TiB can be made here")
	}
	if _, err := ReadFile(file, 3); err == nil || !strings.Contains(err.Error(), file+", 4096.0 GiB large, needs about 16384.0 GiB of memory and ") {
		t.Errorf("%v", err)
	}
}
