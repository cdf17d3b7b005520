package perturb

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

const shareTokens = "share of tokens"

// tokens is what happens to the places of a text. A place that is hit at one level is hit
// at every higher one, and what is drawn for it is the same.
func tokens() []Kind {
	return []Kind{
		{
			name: "token-replace", unit: shareTokens, max: upTo(1), levels: []float64{0, 0.1, 0.2, 0.4}, kinds: onlyTokens,
			about: "replaces tokens, each on its own, by others drawn as often as they occur in the training set",
			fit: func(set *datasets.Set) (maker, error) {
				upTo := tokenCounts(set)
				return func(level float64, s datasets.Shape) Copy {
					return eachToken(level, s, func(r *rand.Rand) float32 {
						drawn := r.Uint64N(upTo[len(upTo)-1])
						token, _ := slices.BinarySearch(upTo, drawn+1)
						return float32(token)
					})
				}, nil
			},
		},
		{
			name: "token-mask", unit: shareTokens, max: upTo(1), levels: []float64{0, 0.1, 0.2, 0.4}, kinds: onlyTokens,
			about: "hides tokens, each on its own, behind the token that stands for one that is hidden or not known",
			fit: func(set *datasets.Set) (maker, error) {
				if set.Tokens == nil || set.Tokens.Mask < 0 || int(set.Tokens.Mask) >= set.Shape.Vocabulary {
					return nil, fmt.Errorf("none of the %d tokens is known to stand for one that is hidden; choose token-replace or token-delete", set.Shape.Vocabulary)
				}
				mask := float32(set.Tokens.Mask)
				return func(level float64, s datasets.Shape) Copy {
					return eachToken(level, s, func(*rand.Rand) float32 { return mask })
				}, nil
			},
		},
		{
			name: "token-delete", unit: shareTokens, max: upTo(1), levels: []float64{0, 0.1, 0.2, 0.4}, kinds: onlyTokens, moves: true,
			about: "deletes tokens, each on its own; those behind move up, and at least one stays",
			at:    deleteTokens,
		},
		{
			name: "token-swap", unit: "share of pairs of neighbours", max: upTo(1), levels: []float64{0, 0.1, 0.3, 0.6}, kinds: onlyTokens,
			about: "swaps pairs of neighbours, each on its own; a text falls into pairs from its first token or from its second, at random",
			at:    swapTokens,
		},
		{
			name: "token-crop", unit: shareLength, max: upTo(1), levels: []float64{0, 0.1, 0.25, 0.5}, kinds: onlyTokens, moves: true,
			about: "cuts this share of the length away, on average, and leaves a random window of at least one token",
			at:    crop,
		},
	}
}

// tokenCounts is, for each token, how often it and those of lower numbers occur in a set.
func tokenCounts(set *datasets.Set) []uint64 {
	counts := make([]uint64, set.Shape.Vocabulary)
	for row := range slices.Chunk(set.X, set.Shape.RowSize()) {
		for _, v := range row[:set.Shape.Length(row)] {
			counts[int(v)]++
		}
	}
	for token := 1; token < len(counts); token++ {
		counts[token] += counts[token-1]
	}
	return counts
}

// eachToken puts another token, which may be the same, in the place of a share of them.
func eachToken(level float64, s datasets.Shape, other func(*rand.Rand) float32) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		for i, v := range src[:n] {
			hit, drawn := unit(r.Uint64()) < level, other(r)
			if dst[i] = v; hit {
				dst[i] = drawn
			}
		}
		end(dst, n, s)
	}
}

// deleteTokens deletes a share of the tokens; where that were all of them, the one that a
// lower level would keep the longest stays.
func deleteTokens(level float64, s datasets.Shape) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		kept, most, last := 0, -1.0, float32(0)
		for _, v := range src[:s.Length(src)] {
			u := unit(r.Uint64())
			if u >= level {
				dst[kept] = v
				kept++
			} else if u > most {
				most, last = u, v
			}
		}
		if kept == 0 {
			dst[0], kept = last, 1
		}
		end(dst, kept, s)
	}
}

// swapTokens swaps a share of pairs that have no token in common: those of places 0 and 1,
// 2 and 3 and so on, or for half of the texts of three tokens and more 1 and 2, 3 and 4.
func swapTokens(level float64, s datasets.Shape) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		copy(dst, src[:n])
		first := int(r.Uint64() >> 63)
		if n < 3 {
			first = 0
		}
		for i := first; i+1 < n; i += 2 {
			if unit(r.Uint64()) < level {
				dst[i], dst[i+1] = dst[i+1], dst[i]
			}
		}
		end(dst, n, s)
	}
}
