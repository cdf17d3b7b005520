package perturb

import (
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"github.com/seed-1a417598/memtest/datasets"
)

// What a level means for tokens. Seeds are fixed, and bounds are those that a correct
// perturbation oversteps with one seed in ten thousand or fewer.

// texts are n texts of so many places of a vocabulary; token i of each text is of(i).
func texts(n, length, vocabulary int, of func(i int) int) *datasets.Set {
	s := &datasets.Set{Name: "texts", Shape: datasets.Shape{Height: length + 3, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: vocabulary}, Classes: []string{"a", "b"}, Tokens: &datasets.Vocabulary{}}
	for i := range n {
		row := make([]float32, s.Shape.RowSize())
		for place := range length {
			row[place] = float32(of(place))
		}
		row[s.Shape.Size()] = float32(length)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
	}
	return s
}

// numbered texts have a token of its own at every place.
func numbered(n, length int) *datasets.Set {
	return texts(n, length, length+1, func(i int) int { return i })
}

// realSteps are the values of the steps that example i has.
func realSteps(set *datasets.Set, i int) []float32 {
	row := set.Row(i)
	return row[:set.Shape.Length(row)*set.Shape.Channels]
}

// binomial fails where a count of n draws is more than four standard deviations from n·p.
func binomial(t *testing.T, what string, count, n int, p float64) {
	t.Helper()
	if math.Abs(float64(count)-float64(n)*p) > 4*math.Sqrt(float64(n)*p*(1-p))+1e-9 {
		t.Errorf("%s: %d of %d, want %v of them", what, count, n, p)
	}
}

// likely fails where counts do not go with these shares by a test of chi-square.
func likely(t *testing.T, what string, counts []int, shares []float64) {
	t.Helper()
	n, sum, freedom := 0, 0.0, -1
	for _, c := range counts {
		n += c
	}
	for k, c := range counts {
		want := shares[k] * float64(n)
		if want == 0 {
			if c > 0 {
				t.Errorf("%s: %d times what cannot be", what, c)
			}
			continue
		}
		if want < 5 {
			t.Fatalf("%s: %v expected, too few for a test", what, want)
		}
		freedom++
		sum += (float64(c) - want) * (float64(c) - want) / want
	}
	if most := (distuv.ChiSquared{K: float64(freedom)}).Quantile(0.9999); sum > most {
		t.Errorf("%s: chi-square is %.1f, more than %.1f: counts %v, shares %v", what, sum, most, counts, shares)
	}
}

func alike(n int) []float64 {
	shares := make([]float64, n)
	for k := range shares {
		shares[k] = 1 / float64(n)
	}
	return shares
}

// fitted is a perturbation that looked at another set.
func fitted(t *testing.T, name string, set *datasets.Set) Perturbation {
	t.Helper()
	p, err := mustParse(t, name).(Fitter).Fit(set)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Places are hit each on its own, by tokens as frequent as in training; what is padding
// there counts for nothing.
func TestTokenReplace(t *testing.T) {
	train := withGarbage(words()) // tokens 0..7
	counts, total := make([]int, 9), 0
	for i := range train.Len() {
		for _, v := range realSteps(train, i) {
			counts[int(v)]++
			total++
		}
	}
	shares := make([]float64, 9)
	for k, c := range counts {
		shares[k] = float64(c) / float64(total)
	}
	set := texts(1000, 20, 9, func(int) int { return 8 })
	got := copies(t, set, fitted(t, "token-replace", train), 0.3, 1)
	drawn, hits, pairs, perPlace := make([]int, 9), 0, 0, make([]int, 20)
	for i := range got.Len() {
		row := realSteps(got, i)
		if len(row) != 20 {
			t.Fatalf("text %d has %d tokens", i, len(row))
		}
		for j, v := range row {
			if v == 8 {
				continue
			}
			drawn[int(v)]++
			perPlace[j]++
			hits++
			if j > 0 && row[j-1] != 8 {
				pairs++
			}
		}
	}
	binomial(t, "places replaced", hits, 20_000, 0.3)
	binomial(t, "neighbours replaced both", pairs, 19_000, 0.09)
	likely(t, "tokens drawn", drawn, shares)
	likely(t, "places hit", perPlace, alike(20))
	if all := copies(t, set, fitted(t, "token-replace", train), 1, 1); slices.Contains(realSteps(all, 0), 8) {
		t.Error("at level 1 some places are left")
	}
}

func TestTokenMask(t *testing.T) {
	set := numbered(1000, 20)
	set.Tokens.Mask = 20
	got := copies(t, set, mustParse(t, "token-mask"), 0.3, 1)
	hits := 0
	for i := range got.Len() {
		for j, v := range realSteps(got, i) {
			if v == 20 {
				hits++
			} else if v != float32(j) {
				t.Fatalf("place %d became %v", j, v)
			}
		}
	}
	binomial(t, "places hidden", hits, 20_000, 0.3)
	for _, tokens := range []*datasets.Vocabulary{nil, {Mask: -1}, {Mask: 21}} {
		set.Tokens = tokens
		if _, err := Copies(set, mustParse(t, "token-mask"), 0.3, 1); err == nil || !contains(err.Error(), "choose token-replace or token-delete") {
			t.Errorf("%+v: error %v", tokens, err)
		}
	}
}

func TestTokenDelete(t *testing.T) {
	set := numbered(1000, 20)
	got := copies(t, set, mustParse(t, "token-delete"), 0.3, 1)
	kept, deleted := make([]int, 20), 0
	for i := range got.Len() {
		row := realSteps(got, i)
		if !slices.IsSorted(row) || len(slices.Compact(slices.Clone(row))) != len(row) {
			t.Fatalf("the rest of 0..19 is %v", row)
		}
		deleted += 20 - len(row)
		for _, v := range row {
			kept[int(v)]++
		}
	}
	binomial(t, "tokens deleted", deleted, 20_000, 0.3)
	likely(t, "places kept", kept, alike(20))

	// Of two tokens both stay with probability 0.4², and otherwise either one.
	two := copies(t, numbered(5000, 2), mustParse(t, "token-delete"), 0.6, 1)
	outcomes := make([]int, 3)
	for i := range two.Len() {
		switch row := realSteps(two, i); {
		case len(row) == 2:
			outcomes[2]++
		default:
			outcomes[int(row[0])]++
		}
	}
	likely(t, "rest of two tokens", outcomes, []float64{0.42, 0.42, 0.16})

	last := make([]int, 5)
	for i, all := 0, copies(t, numbered(2000, 5), mustParse(t, "token-delete"), 1, 1); i < all.Len(); i++ {
		row := realSteps(all, i)
		if len(row) != 1 {
			t.Fatalf("at level 1 %v is left", row)
		}
		last[int(row[0])]++
	}
	likely(t, "the one token left", last, alike(5))
}

func TestTokenSwap(t *testing.T) {
	for _, length := range []int{2, 5, 21} {
		set := numbered(2000, length)
		got := copies(t, set, mustParse(t, "token-swap"), 0.3, 1)
		swapped := [2][]int{make([]int, length/2), make([]int, length/2)} // from the first token, from the second
		total := 0
		for i := range got.Len() {
			row := realSteps(got, i)
			for j := 0; j < length; j++ {
				if row[j] == float32(j) {
					continue
				}
				if row[j] != float32(j+1) || row[j+1] != float32(j) {
					t.Fatalf("0..%d became %v", length-1, row)
				}
				swapped[j%2][j/2]++
				total++
				j++
			}
		}
		binomial(t, "pairs swapped", total, 2000*(length/2), 0.3)
		if length > 2 {
			likely(t, "pairs from the first token", swapped[0], alike(length/2))
			likely(t, "pairs from the second token", swapped[1], alike(length/2))
		}
	}
	one := numbered(10, 1)
	if got := copies(t, one, mustParse(t, "token-swap"), 1, 1); !sameBits(got.X, one.X) {
		t.Error("a text of one token changed")
	}
	// At level 1 all pairs of an even text are swapped, or all but those at the ends.
	pairs := make([]int, 2)
	all := copies(t, numbered(2000, 4), mustParse(t, "token-swap"), 1, 1)
	for i := range all.Len() {
		row := realSteps(all, i)
		if !slices.Equal(row, []float32{1, 0, 3, 2}) && !slices.Equal(row, []float32{0, 2, 1, 3}) {
			t.Fatalf("0..3 became %v", row)
		}
		pairs[int(row[0])]++
	}
	likely(t, "pairs of 0..3", pairs, alike(2))
}

// Of 20 tokens exactly 5 go at level 0.25, of 10 two or three, as often; windows are whole,
// and all as likely.
func TestTokenCrop(t *testing.T) {
	first := make([]int, 6)
	window := func(row []float32) int {
		for j, v := range row {
			if v != row[0]+float32(j) {
				t.Fatalf("%v is no window", row)
			}
		}
		return int(row[0])
	}
	for i, got := 0, copies(t, numbered(2000, 20), mustParse(t, "token-crop"), 0.25, 1); i < got.Len(); i++ {
		row := realSteps(got, i)
		if len(row) != 15 {
			t.Fatalf("%d of 20 tokens are left", len(row))
		}
		first[window(row)]++
	}
	likely(t, "first token of the window", first, alike(6))
	left := make([]int, 2)
	for i, got := 0, copies(t, numbered(2000, 10), mustParse(t, "token-crop"), 0.25, 1); i < got.Len(); i++ {
		row := realSteps(got, i)
		window(row)
		left[len(row)-7]++
	}
	likely(t, "length of the window", left, alike(2))
	last := make([]int, 4)
	for i, got := 0, copies(t, numbered(2000, 4), mustParse(t, "token-crop"), 1, 1); i < got.Len(); i++ {
		row := realSteps(got, i)
		if len(row) != 1 {
			t.Fatalf("at level 1 %v is left", row)
		}
		last[window(row)]++
	}
	likely(t, "the one token left", last, alike(4))
}

// At level 10, ten times a tenth, one token is left and drawn anew; at level 5 half of each.
func TestTokensComposed(t *testing.T) {
	train := texts(10, 4, 41, func(int) int { return 40 })
	p := fitted(t, "token-delete:0.1+token-replace:0.1", train)
	all := copies(t, numbered(50, 40), p, 10, 1)
	for i := range all.Len() {
		if row := realSteps(all, i); !slices.Equal(row, []float32{40}) {
			t.Fatalf("%v is left", row)
		}
	}
	kept, replaced := 0, 0
	half := copies(t, numbered(500, 40), p, 5, 1)
	for i := range half.Len() {
		row := realSteps(half, i)
		kept += len(row)
		rest := slices.DeleteFunc(slices.Clone(row), func(v float32) bool { return v == 40 })
		if !slices.IsSorted(rest) {
			t.Fatalf("0..39 became %v", row)
		}
		replaced += len(row) - len(rest)
	}
	binomial(t, "tokens kept", kept, 20_000, 0.5)
	binomial(t, "tokens replaced of those", replaced, kept, 0.5)
}
