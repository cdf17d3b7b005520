package plugin

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
)

// Check reports why a file cannot be a PJRT plugin for the machine: not an ELF
// shared library, made for another processor, cut short, or without the symbol
// GetPjrtApi. It reads a few kilobytes and runs nothing, unlike dlopen, which
// runs the library's constructors and may end the process. On systems whose
// libraries are not ELF files only the presence of the file is checked.
func (m Machine) Check(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("plugin %s cannot be read: %w", path, errors.Unwrap(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("plugin %s is not a file", path)
	case m.OS != "linux":
		return nil
	}
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("plugin %s is not a whole ELF library (%v): remove it or install it again", path, err)
	}
	defer f.Close()
	if want, known := machines[m.Arch]; f.Type != elf.ET_DYN || known && f.Machine != want {
		return fmt.Errorf("plugin %s is a %v for %v, not a shared library for %s", path, f.Type, f.Machine, m.Arch)
	}
	for _, p := range f.Progs {
		// A copy that was cut short can keep its section table only if that comes
		// first; the loader maps segments and would die of a bus error.
		if p.Type == elf.PT_LOAD && p.Off+p.Filesz > uint64(info.Size()) {
			return fmt.Errorf("plugin %s is cut short: remove it or install it again", path)
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("plugin %s has no readable symbols (%v)", path, err)
	}
	for _, s := range symbols {
		if s.Name == "GetPjrtApi" && s.Section != elf.SHN_UNDEF {
			return nil
		}
	}
	return fmt.Errorf("plugin %s is no PJRT plugin: it does not export GetPjrtApi", path)
}

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
