package atomicfile

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// abandoned is the age from which a temporary file is nobody's: none takes so long
// to be written.
const abandoned = 24 * time.Hour

// Sweep removes the temporary files that killed processes left in a folder: those
// of the folder's own process, which owned says by the names that they were to
// become, and all that are older than a day. owned may be nil. What cannot be read
// or removed costs space only and stays.
func Sweep(folder string, owned func(name string) bool) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, _, ok := strings.Cut(strings.TrimPrefix(e.Name(), "."), Temporary)
		if !ok || !strings.HasPrefix(e.Name(), ".") || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		old := err == nil && time.Since(info.ModTime()) > abandoned
		if old || owned != nil && owned(name) {
			_ = os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
