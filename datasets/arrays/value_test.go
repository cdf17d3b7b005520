package arrays

import (
	"strings"
	"testing"
)

// Single values as numpy writes them (testdata/scalars.py), and what is none.
func TestSingleValues(t *testing.T) {
	s := openFile(t, "testdata/scalars.npz")
	for name, want := range map[string]float64{"share": 0.9, "half": 0.5, "whole": 1 << 40, "one": 3} {
		if v, err := array(t, s, name).Value(); err != nil || v != want {
			t.Errorf("%s: %v, %v; want %v", name, v, err, want)
		}
	}
	for name, want := range map[string]string{"word": "untrained", "bytes": "twin"} {
		if v, err := array(t, s, name).Text(); err != nil || v != want {
			t.Errorf("%s: %q, %v; want %q", name, v, err, want)
		}
	}
	for name, want := range map[string]string{"two": "its shape is [2], but one value is expected", "none": "its shape is [0]", "word": "its values are text", "object": "pickled"} {
		if v, err := array(t, s, name).Value(); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "array "+name) {
			t.Errorf("%s: %v, %v; want %q", name, v, err, want)
		}
	}
	for name, want := range map[string]string{"words": "its shape is [2], but one value is expected", "share": "it is float64, not text"} {
		if v, err := array(t, s, name).Text(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v; want %q", name, v, err, want)
		}
	}
}
