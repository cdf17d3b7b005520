package datasets

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// mostNews bounds the bytes of a file of texts.
const mostNews = 1 << 27

// loadNews reads AG News from its archive: lines of a class, from 1 on, a title and a
// description. Tokens are their words, title first, in small letters: runs of letters and
// digits. The words of the vocabulary are the most frequent of the training texts, of
// equal ones the first in the alphabet; others are its mask.
func (i Info) loadNews(ctx context.Context, dir string) (train, test *Set, err error) {
	packed := filepath.Join(dir, i.Files[0].Name)
	if err := i.Files[0].checkArchive(ctx, packed, i.Name); err != nil {
		return nil, nil, err
	}
	parts, err := openNews(ctx, packed)
	if err != nil {
		return nil, nil, fmt.Errorf("file %s: %w; fetch it again", packed, err)
	}
	counts := map[string]int{}
	for _, tokens := range parts[0].texts {
		for _, token := range tokens {
			counts[token]++
		}
	}
	v := newVocabulary(mostFrequent(counts, usualVocabulary), " ")
	both := [2]examples{}
	for k, p := range parts {
		both[k].shape = Shape{Height: usualLength, Width: 1, Channels: 1, Kind: Tokens, Vocabulary: len(v.Words)}
		both[k].x = tokenRows(both[k].shape, v, p.texts)
		both[k].labels = arrays.Labels{Ints: p.labels}
	}
	if train, test, err = i.buildSets(dir, both[0], both[1]); err != nil {
		return nil, nil, err
	}
	train.Tokens, test.Tokens = v, v
	return train, test, nil
}

// newsPart is a part of AG News: its texts, cut into tokens, and their labels from 0 on.
type newsPart struct {
	texts  [][]string
	labels []int64
}

// openNews reads train.csv and test.csv out of the archive.
func openNews(ctx context.Context, archive string) (parts [2]newsPart, err error) {
	f, err := os.Open(archive)
	if err != nil {
		return parts, err
	}
	defer f.Close()
	z, err := gzip.NewReader(contextReader{ctx, f})
	if err != nil {
		return parts, err
	}
	want := []string{"train.csv", "test.csv"}
	t := tar.NewReader(z)
	for {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return parts, err
		}
		k := slices.Index(want, path.Base(h.Name))
		if k < 0 || h.Typeflag != tar.TypeReg {
			continue
		}
		if parts[k].texts != nil {
			return parts, fmt.Errorf("it holds two members named %s", want[k])
		}
		if h.Size > mostNews {
			return parts, fmt.Errorf("its member %s is of %d bytes, more than %d", h.Name, h.Size, mostNews)
		}
		if parts[k], err = readNews(t); err != nil {
			return parts, fmt.Errorf("its member %s: %w", h.Name, err)
		}
	}
	for k, p := range parts {
		if p.texts == nil {
			return parts, fmt.Errorf("it holds no member %s, or one without texts", want[k])
		}
	}
	return parts, nil
}

func readNews(r io.Reader) (p newsPart, err error) {
	lines := csv.NewReader(r)
	lines.FieldsPerRecord = 3
	for {
		record, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return p, nil
		} else if err != nil {
			return p, err
		}
		line, _ := lines.FieldPos(0)
		class, err := strconv.ParseInt(record[0], 10, 32)
		if err != nil {
			return p, fmt.Errorf("line %d: %q is no number of a class", line, record[0])
		}
		tokens := wordsOf(record[1] + " " + record[2])
		if len(tokens) == 0 {
			return p, fmt.Errorf("line %d: its text holds no words", line)
		}
		p.texts = append(p.texts, tokens)
		p.labels = append(p.labels, class-1)
	}
}

// wordsOf are the runs of letters and digits of a text, in small letters.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}
