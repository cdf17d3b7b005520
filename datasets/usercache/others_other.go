//go:build !unix

package usercache

// others is not known here.
func others(string) string { return "" }
