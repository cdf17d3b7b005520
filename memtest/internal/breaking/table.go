//go:build linux

package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// table prints what came out as Markdown, and below it every failure.
func table(w io.Writer, results []result) {
	fmt.Fprintln(w, "| attack | what | tried | held | wrong | of these |")
	fmt.Fprintln(w, "| --- | --- | --: | --: | --: | --- |")
	for _, r := range results {
		fmt.Fprintf(w, "| %s | %s | %d | %d | %d | %s |\n", r.name, r.about, r.tried, r.tried-len(r.wrong), len(r.wrong), r.counted())
	}
	for _, r := range results {
		for _, line := range r.wrong {
			fmt.Fprintf(w, "\n* %s: %s\n", r.name, line)
		}
	}
}

// counted says how often each thing happened, and what was skipped.
func (r result) counted() string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(r.notes)) {
		parts = append(parts, fmt.Sprintf("%d %s", r.notes[what], what))
	}
	for _, why := range slices.Sorted(maps.Keys(r.skipped)) {
		parts = append(parts, fmt.Sprintf("%d skipped: %s", r.skipped[why], why))
	}
	return strings.Join(parts, ", ")
}
