//go:build !cgo || !(linux || darwin)

package xla

import (
	"errors"
	"runtime"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// cgoMissing is the reason why no plugin can be loaded, nil if one can.
var cgoMissing = errors.New(withoutCgo(runtime.GOOS))

// withoutCgo says what to do about it on a system.
func withoutCgo(system string) string {
	const built = "this program was built without cgo, through which XLA is reached: "
	switch system {
	case "linux":
		return built + "install a C compiler (Debian: apt-get install gcc libc6-dev), set CGO_ENABLED=1 and build again"
	case "darwin":
		return built + "install Apple's C compiler (xcode-select --install), set CGO_ENABLED=1 and build again"
	case "windows":
		return "XLA is reached on Linux and macOS only: install memtest in the Linux that Windows brings (wsl --install)"
	default:
		return "XLA is reached on Linux and macOS only: use memtest there"
	}
}

func load(plugin.Library, string) (*Engine, error) { return nil, cgoMissing }
