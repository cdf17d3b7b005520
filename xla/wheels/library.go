package wheels

import (
	"debug/elf"
	"errors"
	"fmt"
	"os"
)

// CheckLibrary reports why a file cannot be a shared library for a system and
// processor, as runtime.GOOS and runtime.GOARCH name them: not an ELF shared library,
// made for another processor, cut short, or without a symbol. It reads a few kilobytes and runs nothing, unlike dlopen, which
// runs the library's constructors and may end the process. On systems whose
// libraries are not ELF files only the presence of the file is checked. kind is what
// the library should be, a noun for errors.
func CheckLibrary(path, kind, symbol, goos, goarch string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fmt.Errorf("%s %s cannot be read: %w", kind, path, errors.Unwrap(err))
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s %s is not a file", kind, path)
	case goos != "linux":
		return nil
	}
	f, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%s %s is not a whole ELF library (%v): remove it or install it again", kind, path, err)
	}
	defer f.Close()
	if want, known := machines[goarch]; f.Type != elf.ET_DYN || known && f.Machine != want {
		return fmt.Errorf("%s %s is a %v for %v, not a shared library for %s", kind, path, f.Type, f.Machine, goarch)
	}
	for _, p := range f.Progs {
		// A copy that was cut short can keep its section table only if that comes
		// first; the loader maps segments and would die of a bus error.
		if p.Type == elf.PT_LOAD && p.Off+p.Filesz > uint64(info.Size()) {
			return fmt.Errorf("%s %s is cut short: remove it or install it again", kind, path)
		}
	}
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return fmt.Errorf("%s %s has no readable symbols (%v)", kind, path, err)
	}
	for _, s := range symbols {
		if s.Name == symbol && s.Section != elf.SHN_UNDEF {
			return nil
		}
	}
	return fmt.Errorf("%s %s is not what its name says: it does not export %s", kind, path, symbol)
}

var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
