package plugin

import (
	"os"
	"path/filepath"
	"runtime"

	"github.com/seed-1a417598/memtest/xla/wheels"
)

// Machine is all that the search and the installation depend on, so that a test
// can put a folder of its own in place of the real one.
type Machine struct {
	OS, Arch string                   // as runtime.GOOS and runtime.GOARCH name them
	Root     string                   // put before absolute system folders; "" = the real ones
	Home     string                   // the user's home folder; "" = unknown
	Cache    string                   // our folder of installed plugins; "" = there is nowhere to install
	Getenv   func(name string) string // the environment
	Python   []string                 // interpreters to try, names on PATH or paths, the preferred one first
}

// Here is the machine that the program runs on.
func Here() Machine {
	cache := wheels.UserCache("pjrt")
	m := Machine{OS: runtime.GOOS, Arch: runtime.GOARCH, Cache: cache.Folder, Getenv: os.Getenv, Python: cache.Python}
	m.Home, _ = os.UserHomeDir() // without one its folders are left out
	return m
}

// system is an absolute path of the machine, below Root.
func (m Machine) system(path string) string { return filepath.Join(m.Root, path) }

// NVIDIA reports whether the machine has an NVIDIA device and its driver.
func (m Machine) NVIDIA() bool {
	return exists(m.system("/dev/nvidiactl")) || exists(m.system("/proc/driver/nvidia/version"))
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
