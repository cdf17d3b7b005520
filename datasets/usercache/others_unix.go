//go:build unix

package usercache

import (
	"os"
	"syscall"
)

// others says in what way a folder is open to others; "" = in none.
func others(folder string) string {
	info, err := os.Lstat(folder)
	if err != nil {
		return ""
	}
	return open(info, os.Getuid())
}

// open is others of a folder that is there, for a user.
func open(info os.FileInfo, user int) string {
	if info.Mode()&os.ModeSymlink == 0 && info.Mode().Perm()&0o002 != 0 {
		return "can be written by everybody"
	}
	if s, ok := info.Sys().(*syscall.Stat_t); ok && user != 0 && s.Uid != 0 && int(s.Uid) != user {
		return "belongs to another user"
	}
	return ""
}
