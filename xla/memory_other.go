//go:build cgo && !linux

package xla

// keepMemory concerns glibc only.
func keepMemory() {}
