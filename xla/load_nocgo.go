//go:build !cgo || !(linux || darwin)

package xla

import (
	"errors"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// cgoMissing is the reason why no plugin can be loaded, nil if one can.
var cgoMissing = errors.New("this program was built without cgo, through which XLA is reached: install a C compiler (Debian: apt-get install gcc libc6-dev), set CGO_ENABLED=1 and build again")

func load(plugin.Library, string) (*Engine, error) { return nil, cgoMissing }
