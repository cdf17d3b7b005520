package paper

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	format "github.com/seed-1a417598/memtest/memtest/report/number"
)

// share prints a share, which has no sign unless it is negative.
func share(v float64) string { return format.Estimate(v) }

// signed prints a difference, always with its sign.
func signed(v float64) string { return format.Difference(v) }

// ranged prints an estimate with its interval.
func ranged(v perm.Interval, print func(float64) string) string {
	return print(v.Estimate) + " [" + print(v.Low) + ", " + print(v.High) + "]"
}

func shares(v perm.Interval) string      { return ranged(v, share) }
func differences(v perm.Interval) string { return ranged(v, signed) }

// number prints a level, a dose or a ratio with the digits that it has.
func number(v float64) string { return format.Digits(v, 4) }

// list joins words as a sentence does.
func list(words []string) string {
	switch len(words) {
	case 0:
		return "none"
	case 1:
		return words[0]
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

func numbers[T int | float64](values []T) string {
	var words []string
	for _, v := range values {
		words = append(words, number(float64(v)))
	}
	return list(words)
}

func text(format string, args ...any) document.Block {
	return document.Block{Text: fmt.Sprintf(format, args...)}
}

// probeName is what a probe is called in the text.
func probeName(name string) string {
	kind, setting, given := strings.Cut(name, ":")
	switch {
	case kind == "knn" && !given:
		return "5-NN"
	case given:
		return kind + " (λ = " + setting + ")"
	}
	return kind
}

// dataName is what a data set is called in the text.
func dataName(name string) string {
	switch {
	case name == "mnist":
		return "MNIST"
	case strings.HasPrefix(name, "fashion"):
		return "Fashion-MNIST"
	}
	return name
}

// count says how many of all.
func count(some, all int) string { return fmt.Sprintf("%d of %d", some, all) }
