package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// describe says the figure in words, for those who cannot see it.
func (d drawing) describe() string {
	words := []string{d.title + "."}
	for _, l := range d.panels {
		words = append(words, l.describe())
	}
	return strings.Join(words, " ")
}

func (l layout) describe() string {
	if len(l.bins) > 0 {
		return l.describeBars()
	}
	var b strings.Builder
	kind := "Line plot"
	if !slices.ContainsFunc(l.lines, func(s line) bool { return !s.points && !s.reference }) {
		kind = "Scatter plot"
	}
	fmt.Fprintf(&b, "%s, %s: %s over %s.", kind, l.title, l.y.label, l.x.label)
	for _, s := range l.lines {
		fmt.Fprintf(&b, " %s:", s.name)
		for i := range s.x {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(" " + l.write(s.y[i]))
			if !s.across {
				b.WriteString(" at " + l.x.name(s.x[i]))
			}
		}
		b.WriteString(".")
	}
	return b.String()
}

func (l layout) describeBars() string {
	total := 0
	for _, x := range l.bins {
		total += x.count
	}
	s := fmt.Sprintf("Histogram, %s: %d %s with %s from %s to %s.", l.title, total, l.y.label, l.of, number.Share(l.bins[0].low), number.Share(l.bins[len(l.bins)-1].high))
	for _, m := range append(slices.Clone(l.marks), l.beside...) {
		s += " " + m.name + " " + number.Share(m.value) + "."
	}
	return s
}
