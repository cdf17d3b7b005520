package show

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/seed-1a417598/memtest/xla"
)

// Ready opens XLA, installing a plugin where there is none yet, and prints one
// line. It is an error where only GoMLX's pure-Go backend is left, on which these
// notebooks take hours, unless GOMLX_BACKEND asks for that one.
func Ready() error {
	engine, err := xla.Open(context.Background(), "", xla.Options{Log: os.Stderr})
	if err != nil {
		return fmt.Errorf("XLA cannot be opened (%w); in a terminal, `go run ./cmd/memtest doctor` says what is missing", err)
	}
	defer engine.Close()
	if !engine.Describe().Real && !strings.HasPrefix(os.Getenv("GOMLX_BACKEND"), "go") {
		return errors.New("there is no XLA plugin on this machine and none could be installed; in a terminal, `go run ./cmd/memtest doctor` says what to do")
	}
	_, err = fmt.Println("XLA is ready")
	return err
}
