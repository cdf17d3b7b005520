package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/seed-1a417598/memtest/memtest/report/document"
)

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// isDumb says whether the terminal shows letters and nothing else: it knows neither
// bold letters nor a line that is written again.
func isDumb() bool { return os.Getenv("TERM") == "dumb" }

// wantsColor follows the NO_COLOR convention, and a terminal that says it has none.
func wantsColor(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && !isDumb()
}

// showsBars says whether w is a terminal that can write a line again.
func showsBars(w io.Writer) bool { return isTerminal(w) && !isDumb() }

// terminalWidth is the width of a terminal; 0 = w is none, or does not say it. COLUMNS
// comes before what the terminal says.
func terminalWidth(w io.Writer) int {
	if !isTerminal(w) {
		return 0
	}
	if n := statedColumns(); n > 0 {
		return n
	}
	n, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil {
		return 0
	}
	return n
}

// statedColumns are those of the variable COLUMNS; 0 = none.
func statedColumns() int {
	n, err := strconv.Atoi(os.Getenv("COLUMNS"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// textOptions say how a document is written to w; elsewhere is the place that has all
// of it, see document.TextOptions.
func textOptions(w io.Writer, elsewhere string) document.TextOptions {
	return document.TextOptions{Color: wantsColor(w), Width: terminalWidth(w), Elsewhere: elsewhere}
}

// printTable prints a table that fits w, where that is a terminal; elsewhere is the
// place that has all of it.
func printTable(w io.Writer, t document.Table, elsewhere string) error {
	return document.Document{Verbatim: true, Sections: []document.Section{{Blocks: []document.Block{{Table: &t}}}}}.Text(w, textOptions(w, elsewhere))
}

// say prints a sentence, in lines that fit w where that is a terminal. Line breaks at
// its start and end stay.
func say(w io.Writer, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if n := terminalWidth(w); n > 0 {
		words := strings.Trim(text, "\n")
		text = strings.Replace(text, words, document.Wrap(words, min(n, widestHelp)), 1)
	}
	fmt.Fprintln(plain{w}, text)
}
