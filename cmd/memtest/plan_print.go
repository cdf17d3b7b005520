package main

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// document is the plan for people: the answer, then the tables behind it.
func (p plan) document() document.Document {
	return document.Document{Verbatim: true, About: p.answer(), Lead: []string{p.pSentence()}, Sections: []document.Section{
		{Blocks: []document.Block{{Table: p.expected()}, {Table: p.buys()}, {Limits: p.limits()}}},
	}}
}

// answer is the plan in sentences: what is seen, and what more of each buys.
func (p plan) answer() string {
	seen := fmt.Sprintf("With %s, %s seen 8 times in 10.", p.sized(p.Size), p.seen())
	if p.Comparisons == 0 {
		return seen
	}
	var bought, nothing []string
	note := func(what string, size int) {
		if words := p.bought(what, size); words != "" {
			bought = append(bought, words)
		} else {
			nothing = append(nothing, what)
		}
	}
	for i, s := range p.sizes() {
		switch {
		case s.N == 4*p.N:
			note("four times the examples", i)
		case s.B == 999 && s.B > p.B:
			note("999 permutations", i)
		case s.Seeds == 5 && s.Seeds > p.Seeds:
			note("5 seeds", i)
		}
	}
	if len(nothing) > 0 {
		bought = append(bought, strings.Join(nothing, " and ")+" buy next to nothing")
	}
	more := strings.Join(bought, "; ")
	return seen + " " + strings.ToUpper(more[:1]) + more[1:] + "."
}

// sized says a size in words.
func (p plan) sized(s perm.Size) string {
	words := fmt.Sprintf("%s examples and %s permutations", number.Count(s.N), number.Count(s.B))
	if s.Seeds > 1 {
		words = fmt.Sprintf("%s examples, %s permutations and %d seeds", number.Count(s.N), number.Count(s.B), s.Seeds)
	}
	return words
}

// seen names the differences that are seen, or learning where there is nothing to
// compare with.
func (p plan) seen() string {
	if p.Comparisons == 0 {
		if v, ok := p.largest(planLearning, false, 0, detectable); ok {
			return fmt.Sprintf("learning of %s and more is", digits(v))
		}
		return "no learning is"
	}
	var words []string
	for _, name := range []string{planLearning, planMemorization} {
		if v, ok := p.largest(name, true, 0, detectable); ok {
			words = append(words, fmt.Sprintf("in %s of %s and more", name, digits(v)))
		}
	}
	return "differences " + strings.Join(words, " and ") + " are"
}

// Where this share of what was seen before is left, or more, a size buys next to
// nothing; between the others it halves what is seen.
const (
	almostAll                   = 0.95
	leastOfHalf, greatestOfHalf = 0.475, 0.525
)

// bought says what another size brings; "" = next to nothing.
func (p plan) bought(what string, size int) string {
	var same, other []string
	halved, wider := true, p.sizes()[size].Seeds > 1 && p.Seeds == 1 // what is said is then of more
	for _, name := range []string{planLearning, planMemorization} {
		before, ok := p.largest(name, true, 0, detectable)
		after, _ := p.largest(name, true, size, detectable)
		switch share := after / before; {
		case !ok || before == 0:
			continue
		case share > almostAll && !wider:
			same, halved = append(same, name), false
		default:
			other = append(other, fmt.Sprintf("%s to %s", name, digits(after)))
			halved = halved && share > leastOfHalf && share < greatestOfHalf
		}
	}
	verb := " bring "
	if wider {
		verb, halved = ", which say it of other trainings too, bring ", false
	}
	switch {
	case len(other) == 0:
		return ""
	case halved:
		return what + " halve that"
	case len(same) > 0:
		return what + verb + strings.Join(other, " and ") + " and buy next to nothing for " + strings.Join(same, " and ")
	}
	return what + verb + strings.Join(other, " and ")
}

// pSentence is about p-values.
func (p plan) pSentence() string {
	reach := func(v float64) string {
		if v <= p.Alpha {
			return "reaches"
		}
		return "does not reach"
	}
	s := fmt.Sprintf("The smallest p-value of %s permutations is %s, which %s %s", number.Count(p.B), number.P(p.SmallestP), reach(p.SmallestP), number.Level(p.Alpha))
	if p.SmallestAdjusted == p.SmallestP {
		s += fmt.Sprintf(", alone and adjusted over %d cells", p.Cells)
	} else {
		s += fmt.Sprintf("; adjusted over %d cells it is %s, which %s it", p.Cells, number.P(p.SmallestAdjusted), reach(p.SmallestAdjusted))
	}
	if v, ok := p.largest(planLearning, false, 0, detectable); ok {
		return s + fmt.Sprintf(". Learning of %s and more has an adjusted p-value that small 8 times in 10.", digits(v))
	}
	return s + fmt.Sprintf(": take %s permutations or more.", number.Count(perm.LeastPermutations(p.Alpha)))
}

// What a forecast says, false where it says nothing.
func detectable(f forecast) (float64, bool) { return known(f.Detectable) }
func sameWithin(f forecast) (float64, bool) { return known(f.SameWithin) }
func halfWidth(f forecast) (float64, bool)  { return f.HalfWidth, true }

func known(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// largest is the largest value that a forecast at a size has of learning or
// memorization, themselves or differences: what holds for all probes and references.
// It is false where one has none.
func (p plan) largest(quantity string, differences bool, size int, of func(forecast) (float64, bool)) (largest float64, ok bool) {
	for _, q := range p.Quantities {
		if q.Quantity != quantity || differences != (q.Beside != "") {
			continue
		}
		v, known := of(q.Sizes[size])
		if !known {
			return 0, false
		}
		largest, ok = max(largest, v), true
	}
	return largest, ok
}

// digits prints a difference in a sentence.
func digits(v float64) string { return number.Digits(v, 2) }

func printed(v float64, ok bool) string {
	if !ok {
		return number.None
	}
	return number.Deviation(v)
}

// expected is the table of all quantities at the size asked for.
func (p plan) expected() *document.Table {
	t := &document.Table{
		Title: fmt.Sprintf("Expected with %s (pilot: %s)", p.sized(p.Size), p.Pilot),
		Columns: []document.Column{{Name: "network", Words: true, Key: true}, {Name: "probe", Words: true, Key: true}, {Name: "level", Key: true},
			{Name: "quantity", Words: true, Lead: true}, {Name: "less that of", Words: true, Lead: true}, {Name: "pilot"}, {Name: "± 95%"}, {Name: "seen from"}, {Name: "the same within"}},
	}
	cell := ""
	for _, q := range p.Quantities {
		f := q.Sizes[0]
		this := fmt.Sprint(q.Of, q.Probe, q.Perturbation)
		t.Rows = append(t.Rows, document.Row{First: this != cell, Cells: []string{q.Of, q.Probe, q.Perturbation + " " + number.Level(q.Level), q.Quantity, or(q.Beside, number.None),
			number.Signed(q.Pilot.Estimate), number.Deviation(f.HalfWidth), printed(detectable(f)), printed(sameWithin(f))}})
		cell = this
	}
	return t
}

// buys is the table of other sizes.
func (p plan) buys() *document.Table {
	const seen, same, wide = "seen from", "the same within", "± 95%"
	t := &document.Table{Title: "What more buys (the largest of all probes and references)"}
	for i, c := range [][2]string{{"examples"}, {"permutations"}, {"seeds"}, {"learning", wide}, {"learning", seen}, {"differences", seen}, {"", same},
		{"memorization", wide}, {"differences", seen}, {"", same}, {"smallest p"}} {
		t.Columns = append(t.Columns, document.Column{Name: c[0], Unit: c[1], Lead: i < 3})
	}
	for i, s := range p.sizes() {
		cells := []string{number.Count(s.N), number.Count(s.B), number.Count(s.Seeds)}
		for _, c := range []struct {
			quantity    string
			differences bool
			of          func(forecast) (float64, bool)
		}{
			{planLearning, false, halfWidth}, {planLearning, false, detectable}, {planLearning, true, detectable}, {planLearning, true, sameWithin},
			{planMemorization, false, halfWidth}, {planMemorization, true, detectable}, {planMemorization, true, sameWithin},
		} {
			cells = append(cells, printed(p.largest(c.quantity, c.differences, i, c.of)))
		}
		t.Rows = append(t.Rows, document.Row{First: true, Cells: append(cells, number.P(p.SmallestP*perm.Floor(s.B)/perm.Floor(p.B)))})
	}
	return t
}

// limits say what the plan rests on.
func (p plan) limits() []string {
	all := []string{fmt.Sprintf("seen from: the smallest difference that is shown 8 times in 10 at level %s when all %d comparisons of the page hold together; of learning itself, that its adjusted p-value reaches the level. "+
		"the same within: the smallest --margin within which cells that do not differ are called the same 8 times in 10; it is %s here.", number.Level(p.Alpha), p.Comparisons, number.Level(p.Margin))}
	all = append(all, "The variances are those of the pilot. A network that has learned from more examples, or another network or data set, has others, of memorization most of all: a pilot of your own, near the size that is planned, tells more.")
	switch {
	case p.pilotSeeds == 1:
		all = append(all, "The pilot has one training: what is said is about such a network on other examples, and nothing is known of other trainings. A pilot with --seeds 3 tells.")
	case p.pilotSeeds < fewSeeds:
		all = append(all, fmt.Sprintf("How much trainings differ is known from %d of them, which is rough. Of 1 seed, what is said is about that network on other examples; of several, about other trainings too.", p.pilotSeeds))
	}
	if s := p.Seeds; s > 1 && s < fewSeeds {
		all = append(all, fmt.Sprintf("With %d seeds, intervals of several comparisons together are wide, as Student's t has few degrees of freedom. It has the fewer, the smaller the examples' part of the error is: more examples alone can make them wider.", s))
	}
	return all
}

// fewSeeds is the number of training seeds below which what they say of others is
// rough: 95 times in 100 the sd of 5 values is 0.35 to 1.67 times the true one, that of
// 3 values 0.16 to 1.92 times.
const fewSeeds = 5
