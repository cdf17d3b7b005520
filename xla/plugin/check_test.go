package plugin

import (
	"debug/elf"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla/internal/pythontest"
)

func TestCheck(t *testing.T) {
	m := fake(t, nil)
	whole := good()
	tests := map[string]struct {
		data []byte
		want string // part of the error; "" = fit
	}{
		"good":         {whole, ""},
		"empty":        {nil, "not a whole ELF"},
		"text":         {[]byte("<html>404 not found</html>, longer than an ELF header is, so that it can be read"), "not a whole ELF"},
		"cut":          {whole[:len(whole)-64], "not a whole ELF"},
		"half":         {whole[:len(whole)/2], "not a whole ELF"},
		"arm":          {library(elf.ET_DYN, elf.EM_AARCH64, "GetPjrtApi", true), "not a shared library for amd64"},
		"program":      {library(elf.ET_EXEC, elf.EM_X86_64, "GetPjrtApi", true), "not a shared library for amd64"},
		"other":        {library(elf.ET_DYN, elf.EM_X86_64, "GetTpuApi", true), "does not export GetPjrtApi"},
		"longer name":  {library(elf.ET_DYN, elf.EM_X86_64, "GetPjrtApiOld", true), "does not export GetPjrtApi"},
		"needs symbol": {library(elf.ET_DYN, elf.EM_X86_64, "GetPjrtApi", false), "does not export GetPjrtApi"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := pythontest.Write(t, filepath.Join(t.TempDir(), "p.so"), test.data)
			err := m.Check(path)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), path)) {
				t.Errorf("got %v, want the path and %q", err, test.want)
			}
		})
	}
	if err := m.Check(t.TempDir()); err == nil || !strings.Contains(err.Error(), "not a file") {
		t.Errorf("a folder: %v", err)
	}
	if err := m.Check(filepath.Join(t.TempDir(), "none.so")); err == nil || !strings.Contains(err.Error(), "cannot be read") {
		t.Errorf("no file: %v", err)
	}
}

// A segment that reaches beyond the file is a copy cut short whose section
// table survived.
func TestCheckSegmentBeyondFile(t *testing.T) {
	data := good()
	data[64+32+2] = 1 // Filesz of the first segment, plus 65536
	path := pythontest.Write(t, filepath.Join(t.TempDir(), "p.so"), data)
	if err := fake(t, nil).Check(path); err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("got %v", err)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add(good())
	f.Add([]byte("\x7fELF"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := pythontest.Write(t, filepath.Join(t.TempDir(), "p.so"), data)
		_ = Machine{OS: "linux", Arch: "amd64"}.Check(path) // must return, with or without an error
	})
}
