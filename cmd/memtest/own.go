package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/datasets"
)

// ownFlag is the flag that says how to read one's own files:
// --own layout=flat,shape=28x28x1,low=0,high=255.
type ownFlag struct {
	to    *datasets.FileOptions
	typed string
}

// usageOwn is what --own means.
var usageOwn = "`KEY=VALUE,…`: how to read your own files, such as layout=flat,shape=28x28x1,low=0,high=255; keys are " + strings.Join(ownKeys(), ", ") + " (memtest help own)"

// addOwnFlag adds --own to the flags of a command.
func addOwnFlag(flags *pflag.FlagSet, to *datasets.FileOptions) {
	flags.Var(&ownFlag{to: to}, "own", usageOwn)
}

func (f *ownFlag) String() string { return f.typed }
func (f *ownFlag) Type() string   { return "KEY=VALUE,…" }

func (f *ownFlag) Set(text string) error {
	f.typed = text
	for _, word := range strings.Split(text, ",") {
		key, value, found := strings.Cut(word, "=")
		i := slices.Index(ownKeys(), key)
		if !found || i < 0 {
			return fmt.Errorf("%q is not a setting; write KEY=VALUE with one of %s, as in --own low=0,high=255", word, strings.Join(ownKeys(), ", "))
		}
		if err := ownSettings[i].set(f.to, value); err != nil {
			return fmt.Errorf("%s: %w, as in --own %s=%s", key, err, key, ownSettings[i].example)
		}
	}
	return nil
}

// ownKeys are the names of the settings.
func ownKeys() []string {
	var keys []string
	for _, s := range ownSettings {
		keys = append(keys, s.key)
	}
	return keys
}

// ownSettings are the settings of --own, the fields of datasets.FileOptions.
var ownSettings = []struct {
	key, example, about string
	set                 func(o *datasets.FileOptions, value string) error
}{
	{"layout", "nhwc", "what the axes of an array are: nhwc, nchw or nhw for images (n examples, height, width, channels), flat for images of one row each, table for columns that are no pixels, tokens for rows of token numbers (n, places), series for (n, steps) or (n, steps, channels), series-ct for (n, channels, steps), words or characters for texts; arrays need it, CSV is a table where none is stated",
		func(o *datasets.FileOptions, v string) error { o.Layout = v; return nil }},
	{"shape", "28x28x1", "HEIGHTxWIDTHxCHANNELS of images whose layout is flat; of pictures the size that all are made, and 1 or 3 channels", setShape},
	{"low", "0", "the value of black in images from arrays and CSV, which need it", func(o *datasets.FileOptions, v string) error { return parseNumber(&o.Low, v) }},
	{"high", "255", "the value of white, which they need too", func(o *datasets.FileOptions, v string) error { return parseNumber(&o.High, v) }},
	{"x", "images", "name of the array of examples (default X), or the column of texts of a CSV (default text)", func(o *datasets.FileOptions, v string) error { o.X = v; return nil }},
	{"y", "class", "name of the array of labels (default y), or the column of labels of a CSV (default label)", func(o *datasets.FileOptions, v string) error { o.Y = v; return nil }},
	{"test_x", "X_val", "name of the array of test examples (default X_test where there is one)", func(o *datasets.FileOptions, v string) error { o.TestX = v; return nil }},
	{"test_y", "y_val", "name of the array of their labels (default y_test where there is one)", func(o *datasets.FileOptions, v string) error { o.TestY = v; return nil }},
	{"groups", "person", "name of the array, or column of a CSV, of groups that labels are shuffled within (default an array called groups where there is one)", func(o *datasets.FileOptions, v string) error { o.Groups = v; return nil }},
	{"vocabulary", "30522", "how many tokens there are (default the largest number, and one for mask); of words and characters how many are kept at most, with padding and what is not known (default 20000)", func(o *datasets.FileOptions, v string) error { return parseWhole(&o.Vocabulary, v) }},
	{"pad", "0", "token number that fills rows behind their end, or one that occurs in none, such as -1, where all rows are full; needed where there is no array of lengths", func(o *datasets.FileOptions, v string) error { return parseToken(&o.Pad, v) }},
	{"mask", "103", "token number of a hidden token (default one that is added to the vocabulary)", func(o *datasets.FileOptions, v string) error { return parseToken(&o.Mask, v) }},
	{"lengths", "attention_mask", "name of the array of how many steps each row of tokens or series has, or of masks, ones and then zeros (default lengths or attention_mask where there is one)", func(o *datasets.FileOptions, v string) error { o.Lengths = v; return nil }},
	{"test_lengths", "lengths_val", "name of that array of the test examples (default the same name and _test)", func(o *datasets.FileOptions, v string) error { o.TestLengths = v; return nil }},
	{"length", "64", "how many words or characters of a text are read (default as many as the longest training text has, at most 64)", func(o *datasets.FileOptions, v string) error { return parseWhole(&o.Length, v) }},
	{"categories", "zip+grade", "columns of a table whose numbers are names of categories, parted by +; columns of text are categories in any case", func(o *datasets.FileOptions, v string) error { o.Categories = strings.Split(v, "+"); return nil }},
	{"test", "val", "CSV or .ts file of the test examples (default NAME_TEST.ts beside NAME_TRAIN.ts), or the folder of test pictures beside train", func(o *datasets.FileOptions, v string) error { o.Test = v; return nil }},
	{"test_share", "0.2", "share of the examples, drawn by class, that become the test set where the files have none (default 0.2; below 0: no test set)", func(o *datasets.FileOptions, v string) error { return parseNumber(&o.TestShare, v) }},
	{"seed", "1", "seed of that draw (default 0)", setOwnSeed},
}

func setOwnSeed(o *datasets.FileOptions, v string) error {
	n, err := strconv.ParseUint(v, 10, 64)
	if err != nil {
		return fmt.Errorf("%q is not a whole number, 0 or more", v)
	}
	o.Seed = n
	return nil
}

func setShape(o *datasets.FileOptions, v string) error {
	var s datasets.Shape
	if n, err := fmt.Sscanf(v+" ", "%dx%dx%d ", &s.Height, &s.Width, &s.Channels); err != nil || n != 3 {
		return fmt.Errorf("%q is not HEIGHTxWIDTHxCHANNELS", v)
	}
	o.Shape = s
	return nil
}

func parseWhole(to *int, text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", text)
	}
	*to = n
	return nil
}

// parseToken reads a token number, which a place in a vocabulary of 32 bits has.
func parseToken(to **int, text string) error {
	n, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return fmt.Errorf("%q is not a token number", text)
	}
	v := int(n)
	*to = &v
	return nil
}

func parseNumber(to *float64, text string) error {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return fmt.Errorf("%q is not a number", text)
	}
	*to = v
	return nil
}
