//go:build !unix

package filelock

// noFollow is known on Unix only.
const noFollow = 0
