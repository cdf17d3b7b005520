//go:build !cgo || !linux

package xla

// keepMemory concerns glibc only.
func keepMemory() {}

// TrimMemory gives memory that XLA has freed back to the system where that is glibc's
// business.
func TrimMemory() {}
