package plugin

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// library is a minimal 64-bit ELF file with one dynamic symbol, enough for
// Check and of no use to a loader: header, one PT_LOAD segment over the whole
// file, the symbol, the names, the section table.
func library(kind elf.Type, machine elf.Machine, symbol string, defined bool) []byte {
	const header, segment, sym, section = 64, 56, 24, 64
	names := "\x00" + symbol + "\x00"
	sections := "\x00.dynsym\x00.dynstr\x00.shstrtab\x00"
	symAt := uint64(header + segment)
	namesAt := symAt + 2*sym
	sectionsAt := namesAt + uint64(len(names))
	tableAt := (sectionsAt + uint64(len(sections)) + 7) / 8 * 8
	size := tableAt + 4*section

	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a bytes.Buffer takes everything
	put(elf.Header64{
		Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:  uint16(kind), Machine: uint16(machine), Version: 1, Phoff: header, Shoff: tableAt,
		Ehsize: header, Phentsize: segment, Phnum: 1, Shentsize: section, Shnum: 4, Shstrndx: 3,
	})
	put(elf.Prog64{Type: uint32(elf.PT_LOAD), Filesz: size, Memsz: size})
	put(elf.Sym64{})
	s := elf.Sym64{Name: 1, Info: elf.ST_INFO(elf.STB_GLOBAL, elf.STT_FUNC)}
	if defined {
		s.Shndx = 1
	}
	put(s)
	b.WriteString(names + sections)
	b.Write(make([]byte, int(tableAt)-b.Len()))
	put(elf.Section64{})
	put(elf.Section64{Name: 1, Type: uint32(elf.SHT_DYNSYM), Off: symAt, Size: 2 * sym, Link: 2, Info: 1, Entsize: sym})
	put(elf.Section64{Name: 9, Type: uint32(elf.SHT_STRTAB), Off: namesAt, Size: uint64(len(names))})
	put(elf.Section64{Name: 17, Type: uint32(elf.SHT_STRTAB), Off: sectionsAt, Size: uint64(len(sections))})
	return b.Bytes()
}

// good is a library that Check accepts on linux/amd64.
func good() []byte { return library(elf.ET_DYN, elf.EM_X86_64, "GetPjrtApi", true) }

func write(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// fake is a linux/amd64 machine below an empty folder, without Python.
func fake(t *testing.T, env map[string]string) Machine {
	root := t.TempDir()
	return Machine{
		OS: "linux", Arch: "amd64", Root: root,
		Home: filepath.Join(root, "home"), Cache: filepath.Join(root, "cache"),
		Getenv: func(name string) string { return env[name] },
	}
}

// python writes an interpreter: a shell script that notes each call in a file,
// answers -c with the folders sites, and runs body for pip, with the folder of
// --dest in $dest. It returns the script and the file of calls.
func python(t *testing.T, sites []string, body string) (script, calls string) {
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	quoted := "[]"
	if len(sites) > 0 {
		quoted = `["` + strings.Join(sites, `","`) + `"]`
	}
	text := fmt.Sprintf(`#!/bin/sh
echo $(echo "$@") >> '%s'
if [ "$1" = -c ]; then echo '%s'; exit 0; fi
while [ $# -gt 0 ]; do
	if [ "$1" = --dest ]; then dest=$2; fi
	if [ "$1" = --requirement ]; then requirement=$2; fi
	shift
done
%s
`, calls, quoted, body)
	return write(t, filepath.Join(dir, "python3"), []byte(text)), calls
}

// count is how often the interpreter was called.
func count(t *testing.T, calls string) int {
	text, err := os.ReadFile(calls)
	if os.IsNotExist(err) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(text), "\n")
}

// wheelOf zips files, name to content, and returns the file and a pin for the
// member pkg/pjrt_c_api_cpu_plugin.so.
func wheelOf(t *testing.T, files map[string][]byte) (path string, w Wheel) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, data := range files {
		f, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	const member = "pkg/pjrt_c_api_cpu_plugin.so"
	sum := sha256.Sum256(b.Bytes())
	return write(t, filepath.Join(t.TempDir(), "pkg-1.0-py3-none-any.whl"), b.Bytes()),
		Wheel{Name: "pkg", Version: "1.0", SHA256: hex.EncodeToString(sum[:]), Member: member, Size: int64(len(files[member]))}
}

// copyWheel is what pip does in the fake interpreter when all goes well.
func copyWheel(wheel string) string {
	return fmt.Sprintf("mkdir -p \"$dest\" && cp '%s' \"$dest\"", wheel)
}
