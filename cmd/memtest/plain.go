package main

import (
	"io"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// plain writes text without control characters but tabs and line breaks: names of
// networks, layers, classes and files may hold some, and a terminal would obey them.
// Each Write must be of whole characters.
type plain struct{ out io.Writer }

func (p plain) Write(text []byte) (int, error) {
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for j := range cells {
			cells[j] = word.Plain(cells[j])
		}
		lines[i] = strings.Join(cells, "\t")
	}
	if _, err := io.WriteString(p.out, strings.Join(lines, "\n")); err != nil {
		return 0, err
	}
	return len(text), nil
}

// sentence is an error in one line, whatever names and libraries put into it.
func sentence(err error) string {
	var lines []string
	for line := range strings.Lines(err.Error()) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return word.Plain(strings.Join(lines, "; "))
}
