package plugin

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"path/filepath"
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

// fake is a linux/amd64 machine below an empty folder, without Python.
func fake(t *testing.T, env map[string]string) Machine {
	root := t.TempDir()
	return Machine{
		OS: "linux", Arch: "amd64", Root: root,
		Home: filepath.Join(root, "home"), Cache: filepath.Join(root, "cache"),
		Getenv: func(name string) string { return env[name] },
	}
}
