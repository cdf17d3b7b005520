//go:build !cgo || !linux

package xla

import "runtime/debug"

// keepMemory concerns glibc only.
func keepMemory() {}

// TrimMemory gives memory that is not in use back to the system.
func TrimMemory() { debug.FreeOSMemory() }
