package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// What own data are read as is shown: their kind, lengths, vocabulary and columns.
func TestDataInfoShowsWhatValuesAre(t *testing.T) {
	own := func(name string) string { return filepath.Join("..", "..", "datasets", "testdata", "own", name) }
	for _, c := range []struct{ file, own, stdout, stderr string }{
		{"tokens.npz", "layout=tokens,pad=0,vocabulary=50,mask=49", "kind     tokens\ntrain    12 examples of 7 places for 50 tokens\n|tokens   50, of which 49 stands for one that is hidden or not known\nclasses  0, 1\n|(shortest), ", "left out: 2 arrays"},
		{"texts_train.csv", "layout=words,test=" + own("texts_test.csv"), "kind     tokens\n|lengths  1 (shortest), |tokens   12, of which 1 stands for one that is hidden or not known: \"a\" \"東京\" |", "are not in the vocabulary"},
		{"Ragged_TRAIN.ts", "", "kind     series\ntrain    8 examples of 6 steps × 3 channels\ntest     6\nlengths  2 (shortest), |(longest)\nclasses  run, walk\n", ""},
		{"series.npz", "layout=series-ct,x=channels_first,test_share=-1", "8 examples of 6 steps × 3 channels\nlengths  ", "arrays"},
		{"mixed_train.csv", "test=" + own("mixed_test.csv") + ",categories=pclass", "kind     table\n|columns  age: number, and whether it is missing\n         site: category, one of 4: (missing), east, north, south\n         pclass: category, one of 3: 1, 2, 3\n         fare: number\n", "1 column holds text and is read as categories: site"},
	} {
		args := []string{"data", "info", own(c.file)}
		if c.own != "" {
			args = append(args, "--own", c.own)
		}
		code, stdout, stderr := command(args...)
		for _, want := range strings.Split(c.stdout, "|") {
			if code != exitDone || !strings.Contains(stdout, want) || !strings.Contains(stderr, c.stderr) {
				t.Errorf("%s: exit %d, want %q and %q: %s%s", c.file, code, want, c.stderr, stdout, stderr)
			}
		}
	}
}

// Keys of --own become the options that they name.
func TestOwnKeysOfSequences(t *testing.T) {
	var o datasets.FileOptions
	flag := ownFlag{to: &o}
	if err := flag.Set("layout=tokens,vocabulary=9,pad=-1,mask=0,lengths=l,test_lengths=m,length=7,categories=a+b"); err != nil {
		t.Fatal(err)
	}
	if o.Vocabulary != 9 || *o.Pad != -1 || *o.Mask != 0 || o.Lengths != "l" || o.TestLengths != "m" || o.Length != 7 || strings.Join(o.Categories, "|") != "a|b" {
		t.Errorf("%+v", o)
	}
}
