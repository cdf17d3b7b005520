//go:build unix

package show

import (
	"io/fs"
	"os"
	"syscall"
)

// user is who owns what this process makes; a test stands in for another.
var user = os.Geteuid

// mine says whether a file belongs to the user.
func mine(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == user()
}
