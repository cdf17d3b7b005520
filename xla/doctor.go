package xla

import (
	"context"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// Check is one line of what Doctor found.
type Check = plugin.Check

// WithoutXLA is why this program can load no plugin on any machine and so computes in
// pure Go, with what to do about it; nil if it can.
func WithoutXLA() error { return cgoMissing }

// Doctor looks at everything that decides which backend Open opens here, loads
// what is there and installs nothing. The first line is the backend.
func Doctor(ctx context.Context) []Check { return doctor(ctx, plugin.Here()) }

func doctor(ctx context.Context, m plugin.Machine) []Check {
	backend := Check{Name: "backend"}
	var notices notices
	e, err := open(ctx, m, "", Options{Log: &notices, NoInstall: true})
	switch {
	case err != nil:
		backend.Found, backend.Advice = "none", err.Error()
	case e.about.Real:
		backend.OK = true
		backend.Found = e.about.String()
	default:
		backend.Found = e.about.String()
		backend.OK = m.Getenv("GOMLX_BACKEND") != "" // as wished
		backend.Advice = notices.last
	}
	if e != nil {
		e.Close()
	}
	checks := []Check{backend}
	if cgoMissing != nil {
		checks = append(checks, Check{Name: "cgo", Found: "not in this program", Advice: cgoMissing.Error()})
	}
	return append(checks, m.Report(ctx)...)
}

// notices keeps the last line written to it.
type notices struct{ last string }

func (n *notices) Write(line []byte) (int, error) {
	n.last = string(line[:max(0, len(line)-1)])
	return len(line), nil
}
