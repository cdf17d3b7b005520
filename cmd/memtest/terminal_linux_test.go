package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rivo/uniseg"
	"golang.org/x/sys/unix"

	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// terminal is one of so many columns; printed closes it and is what was printed there.
func terminal(t *testing.T, columns uint16) (terminal *os.File, printed func() string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip("this machine has no terminals: ", err)
	}
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})
	}
	if err != nil {
		t.Fatal(err)
	}
	if terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Skip("this machine shows no terminals: ", err)
	}
	all := make(chan string, 1)
	go func() {
		var b bytes.Buffer
		_, _ = io.Copy(&b, master) // ends by an error when nobody holds the terminal any more
		all <- b.String()
	}()
	return terminal, func() string {
		terminal.Close()
		defer master.Close()
		return strings.ReplaceAll(<-all, "\r\n", "\n")
	}
}

// What a run prints on a terminal is no wider than that, and says which columns are
// left out and where they are.
func TestARunFitsItsTerminal(t *testing.T) {
	t.Setenv("COLUMNS", "")
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	tty, printed := terminal(t, 80)
	var errs bytes.Buffer
	code := run(context.Background(), append([]string{"memtest"}, small(filepath.Join(t.TempDir(), "r"))...), tty, &errs)
	text := printed()
	if code != exitDone || !strings.Contains(text, "\x1b[1m") {
		t.Errorf("exit %d: %s%s", code, text, errs.String())
	}
	text = regexp.MustCompile("\x1b\\[[0-9]+m").ReplaceAllString(text, "")
	for line := range strings.SplitSeq(text, "\n") {
		if n := uniseg.StringWidth(line); n > 80 && !strings.Contains(line, string(filepath.Separator)) { // paths are not broken
			t.Errorf("a line of %d: %s", n, line)
		}
	}
	for _, part := range []string{"80 columns have no room for", "own part", "report.html"} {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not said:\n%s", part, text)
		}
	}
}

// A terminal has bold letters unless it is dumb or NO_COLOR is set; its width is its
// own, or that of COLUMNS.
func TestWhatATerminalCan(t *testing.T) {
	tty, printed := terminal(t, 132)
	defer printed()
	for _, c := range []struct {
		term, noColor, columns string
		color                  bool
		width                  int
	}{
		{"xterm", "", "", true, 132}, {"dumb", "", "", false, 132}, {"xterm", "1", "", false, 132}, {"xterm", "", "72", true, 72}, {"", "", "wide", true, 132},
	} {
		t.Setenv("TERM", c.term)
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("COLUMNS", c.columns)
		if o := textOptions(tty, "here"); o != (document.TextOptions{Color: c.color, Width: c.width, Elsewhere: "here"}) {
			t.Errorf("%+v gives %+v", c, o)
		}
		if bars := showsBars(tty); bars != (c.term != "dumb") || showsBars(io.Discard) {
			t.Errorf("%+v shows bars: %v", c, bars)
		}
		if o := textOptions(io.Discard, ""); o != (document.TextOptions{}) {
			t.Errorf("%+v of no terminal gives %+v", c, o)
		}
	}
}

// What is done before the first cell, as the reading of features, shows on a terminal,
// and the bar with it.
func TestProgressShowsBeforeTheFirstCell(t *testing.T) {
	t.Setenv("TERM", "xterm")
	tty, printed := terminal(t, 80)
	p := newProgress(tty)
	p.expect(3)
	p.doing("reading features")
	if text := printed(); !strings.Contains(text, "reading features") || !strings.Contains(text, "(0/3)") {
		t.Errorf("the terminal shows %q", text)
	}
}
