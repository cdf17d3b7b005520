package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
)

// No name moves a terminal's cursor or reorders a line; tabs and line breaks stay.
func TestNoControlCharacters(t *testing.T) {
	var out bytes.Buffer
	n, err := fmt.Fprintf(plain{&out}, "a\x1b[31mb\tc\u202ed\re\n\u009bf\n")
	if want := "a\ufffd[31mb\tc\ufffdd\ufffde\n\ufffdf\n"; out.String() != want || err != nil || n != len("a\x1b[31mb\tc\u202ed\re\n\u009bf\n") {
		t.Errorf("%q, %d, %v, want %q", out.String(), n, err, want)
	}
	err = errors.Join(errors.New("one\x1b]0;title\x07 \n\n  two"), errors.New("three"))
	if got, want := sentence(err), "one\ufffd]0;title\ufffd; two; three"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	t.Setenv("CI", "")
	out.Reset()
	p := newProgress(&out)
	p.spoke = p.spoke.Add(-2 * quietFor)
	p.show(memtest.Progress{Doing: "layer \x1b[2J", Done: 1, Total: 2})
	if !strings.Contains(out.String(), "layer \ufffd[2J") {
		t.Errorf("progress is %q", out.String())
	}
}
