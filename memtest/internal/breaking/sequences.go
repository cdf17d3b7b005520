//go:build linux

package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// sequenceReaders are the kinds of input whose examples are texts, token numbers and
// series. They are read and not measured: what is hostile is the file.
func sequenceReaders() []reader {
	info := func(name, own string, files func(r *rand.Rand) tree) reader {
		d := dataReader(name, "", "", files)
		d.args = []string{"data", "info", "d" + name[strings.Index(name, "."):]}
		if own != "" {
			d.args = append(d.args, "--own", own)
		}
		return d
	}
	return []reader{
		info("tokens .npz", "layout=tokens,vocabulary=10,pad=0,mask=9,lengths=lengths", func(r *rand.Rand) tree {
			x, lengths, y := tokenNumbers(r)
			return tree{"d.npz": npz([]array{{"X", "<i8", []int{60, 5}, ints("", x).data}, ints("lengths", lengths), ints("y", y)})}
		}),
		info("tokens padded .npz", "layout=tokens,pad=0", func(r *rand.Rand) tree {
			x, _, y := tokenNumbers(r)
			return tree{"d.npz": npz([]array{{"X", "<i8", []int{60, 5}, ints("", x).data}, ints("y", y)})}
		}),
		info("series .npz", "layout=series", func(r *rand.Rand) tree {
			x, y := examples(r, 60, 12, 3)
			return tree{"d.npz": npz([]array{floats("X", x, 60, 6, 2), ints("y", y)})}
		}),
		info("series .ts", "", func(r *rand.Rand) tree {
			text := "@problemName d\n@timestamps false\n@univariate false\n@dimensions 2\n@equalLength false\n@classLabel true a b c\n@data\n"
			for i := range 60 {
				n := 1 + r.IntN(5)
				text += fmt.Sprintf("%s:%s:%c\n", numbersOf(r, n), numbersOf(r, n), 'a'+i%3)
			}
			return tree{"d.ts": []byte(text)}
		}),
		info("texts .csv", "layout=words", textFile),
		info("texts by character .csv", "layout=characters,vocabulary=9,length=7", textFile),
	}
}

// tokenNumbers are rows of up to 5 tokens in 1..8, padded by 0, their lengths and classes.
func tokenNumbers(r *rand.Rand) (x, lengths, y []int) {
	for i := range 60 {
		n := 1 + r.IntN(5)
		for j := range 5 {
			if j < n {
				x = append(x, 1+r.IntN(8))
			} else {
				x = append(x, 0)
			}
		}
		lengths, y = append(lengths, n), append(y, i%3)
	}
	return x, lengths, y
}

// numbersOf are n numbers, parted by commas.
func numbersOf(r *rand.Rand, n int) string {
	var all []string
	for range n {
		all = append(all, fmt.Sprint(float32(r.NormFloat64())))
	}
	return strings.Join(all, ",")
}

// textFile is a table of texts of a few words.
func textFile(r *rand.Rand) tree {
	text := "text,label\n"
	for i := range 60 {
		for range 1 + r.IntN(6) {
			text += []string{"ä", "of", "the", "東京", "four"}[r.IntN(5)] + " "
		}
		text += fmt.Sprintf(",%d\n", i%3)
	}
	return tree{"d.csv": []byte(text)}
}
