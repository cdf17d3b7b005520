package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/datasets"
)

// ownFlag is the flag that says how to read one's own files:
// --own layout=flat,shape=28x28x1,low=0,high=255.
type ownFlag struct {
	to    *datasets.FileOptions
	typed string
}

// addOwnFlag adds --own to the flags of a command.
func addOwnFlag(flags *pflag.FlagSet, to *datasets.FileOptions) {
	flags.Var(&ownFlag{to: to}, "own", "how to read your own files, as in layout=flat,shape=28x28x1,low=0,high=255: "+strings.Join(slices.Sorted(maps.Keys(ownSettings)), ", "))
}

func (f *ownFlag) String() string { return f.typed }
func (f *ownFlag) Type() string   { return "KEY=VALUE,…" }

func (f *ownFlag) Set(text string) error {
	f.typed = text
	for _, word := range strings.Split(text, ",") {
		key, value, found := strings.Cut(word, "=")
		set, known := ownSettings[key]
		if !found || !known {
			return fmt.Errorf("%q is not a setting; write KEY=VALUE with one of %s", word, strings.Join(slices.Sorted(maps.Keys(ownSettings)), ", "))
		}
		if err := set(f.to, value); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

// ownSettings are the settings by name, the fields of datasets.FileOptions.
var ownSettings = map[string]func(*datasets.FileOptions, string) error{
	"layout":     func(o *datasets.FileOptions, v string) error { o.Layout = v; return nil },
	"x":          func(o *datasets.FileOptions, v string) error { o.X = v; return nil },
	"y":          func(o *datasets.FileOptions, v string) error { o.Y = v; return nil },
	"test_x":     func(o *datasets.FileOptions, v string) error { o.TestX = v; return nil },
	"test_y":     func(o *datasets.FileOptions, v string) error { o.TestY = v; return nil },
	"groups":     func(o *datasets.FileOptions, v string) error { o.Groups = v; return nil },
	"test":       func(o *datasets.FileOptions, v string) error { o.Test = v; return nil },
	"low":        func(o *datasets.FileOptions, v string) error { return parseNumber(&o.Low, v) },
	"high":       func(o *datasets.FileOptions, v string) error { return parseNumber(&o.High, v) },
	"test_share": func(o *datasets.FileOptions, v string) error { return parseNumber(&o.TestShare, v) },
	"seed": func(o *datasets.FileOptions, v string) error {
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			return fmt.Errorf("%q is not a whole number, 0 or more", v)
		}
		o.Seed = n
		return nil
	},
	"shape": func(o *datasets.FileOptions, v string) error {
		var s datasets.Shape
		if n, err := fmt.Sscanf(v+" ", "%dx%dx%d ", &s.Height, &s.Width, &s.Channels); err != nil || n != 3 {
			return fmt.Errorf("%q is not HEIGHTxWIDTHxCHANNELS, as in 28x28x1", v)
		}
		o.Shape = s
		return nil
	},
}

func parseNumber(to *float64, text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number", text)
	}
	*to = v
	return nil
}
