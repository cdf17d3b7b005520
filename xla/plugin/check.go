package plugin

import "github.com/seed-1a417598/memtest/xla/wheels"

// Check reports why a file cannot be a PJRT plugin for the machine, see
// wheels.CheckLibrary.
func (m Machine) Check(path string) error {
	return wheels.CheckLibrary(path, "plugin", "GetPjrtApi", m.OS, m.Arch)
}
