package datasets

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
)

const (
	// usualVocabulary is how many tokens are kept of texts where nothing is stated.
	usualVocabulary = 20000

	// usualLength is how much of a text is read at most where nothing is stated, since
	// recurrent networks are unrolled over it.
	usualLength = 64

	// longestText bounds what may be stated.
	longestText = 1 << 20
)

// readTexts reads the text column of a CSV or TSV file and, where one is stated, of that
// of the test part.
func (o FileOptions) readTexts(path string) (train, test examples, err error) {
	if train, err = o.textTable(path); err != nil || o.Test == "" {
		return train, test, err
	}
	test, err = o.textTable(o.Test)
	train.notes = append(train.notes, test.notes...)
	return train, test, err
}

// textTable reads the texts of one table, and their labels.
func (o FileOptions) textTable(path string) (e examples, err error) {
	s, err := arrays.Open(path)
	if err != nil {
		return e, err
	}
	defer s.Close()
	labels, err := o.labelColumns(s)
	if err != nil {
		return e, err
	}
	x := cmp.Or(o.X, "text")
	if !s.Has(x) || slices.Contains(labels, x) {
		return e, fmt.Errorf("file %s: there is no text column %q beside the labels; state which of its columns %s holds the texts, as in --own x=%s", path, x, list(s.Names()), s.Names()[0])
	}
	texts, read, err := s.Texts(x, labels)
	if err != nil {
		return e, err
	}
	e.raw = &raw{path: path, texts: texts}
	if err := o.labelled(&e, path, read); err != nil {
		return e, err
	}
	left := slices.DeleteFunc(s.Names(), func(n string) bool { return n == x || slices.Contains(labels, n) })
	if len(left) > 0 {
		e.leftOut(path, fmt.Sprintf("%s %s, which no setting names", plural(len(left), "column"), list(left)))
	}
	return e, o.checkTexts(texts, fmt.Sprintf("file %s, column %q", path, x))
}

// checkTexts refuses texts without a token; what names them in the sentence.
func (o FileOptions) checkTexts(texts []string, what string) error {
	if o.Length < 0 || o.Length > longestText {
		return fmt.Errorf("%s: a length of %d is stated, which is outside 1..%d; state how many tokens of a text are read, as in --own length=64", what, o.Length, longestText)
	}
	if o.Vocabulary != 0 && (o.Vocabulary < 3 || o.Vocabulary > mostTokens) {
		return fmt.Errorf("%s: a vocabulary of %d is stated, which is outside 3..%d: two numbers are those of padding and of what is not known; state more, as in --own vocabulary=%d", what, o.Vocabulary, mostTokens, usualVocabulary)
	}
	for i, text := range texts {
		if strings.TrimSpace(text) == "" {
			return fmt.Errorf("%s: the text of example %d is empty; leave out such examples", what, i)
		}
	}
	return nil
}

// parts are the tokens of a text.
func (o FileOptions) parts(text string) []string {
	if o.Layout == "words" {
		return strings.Fields(text)
	}
	return strings.Split(text, "") // after each character
}

// space is what stands between tokens.
func (o FileOptions) space() string {
	if o.Layout == "words" {
		return " "
	}
	return ""
}

// chunk is how many texts are cut into tokens at a time.
const chunk = 4096

// encodeTexts numbers the tokens of texts by those of the training texts.
func (o FileOptions) encodeTexts(r *raw, training []int) (c encoded, err error) {
	counts, longest := o.counted(r.texts, training)
	c.tokens = newVocabulary(mostFrequent(counts, cmp.Or(o.Vocabulary, usualVocabulary)), o.space())
	steps := cmp.Or(o.Length, min(longest, usualLength))
	c.shape = Shape{Height: steps, Width: 1, Channels: 1, Kind: Tokens, Vocabulary: len(c.tokens.Words)}
	if err := memory.Enough(memory.Product(4, len(r.texts), c.shape.RowSize()), fmt.Sprintf("%d texts of %d places", len(r.texts), steps)); err != nil {
		return c, fmt.Errorf("data %s: %w; read less of each, as in --own length=64", r.path, err)
	}
	c.x = make([]float32, 0, len(r.texts)*c.shape.RowSize())
	cropped, unknown, all := 0, 0, 0
	for some := range slices.Chunk(r.texts, chunk) {
		tokens := make([][]string, len(some))
		for i, text := range some {
			tokens[i] = o.parts(text)
			if len(tokens[i]) > steps {
				cropped++
			}
		}
		rows := tokenRows(c.shape, c.tokens, tokens)
		for i := range tokens {
			row := rows[i*c.shape.RowSize() : (i+1)*c.shape.RowSize()]
			for _, number := range row[:c.shape.Length(row)] {
				all++
				if number == float32(c.tokens.Mask) {
					unknown++
				}
			}
		}
		c.x = append(c.x, rows...)
	}
	if cropped > 0 {
		c.notes = append(c.notes, fmt.Sprintf("data %s: %d of %d texts are longer than %d %s, and are cropped to them; the longest training text has %d, which --own length=%[6]d keeps", r.path, cropped, len(r.texts), steps, o.Layout, longest))
	}
	if unknown > 0 {
		c.notes = append(c.notes, fmt.Sprintf("data %s: %d of %d %s are not in the vocabulary, the %d most frequent ones of the training texts, and are read as one that is not known", r.path, unknown, all, o.Layout, len(c.tokens.Words)-len(reserved)))
	}
	return c, nil
}

// counted is how often each token occurs in the training texts (nil = all), and how many
// the longest of them has.
func (o FileOptions) counted(texts []string, training []int) (counts map[string]int, longest int) {
	counts = map[string]int{}
	count := func(text string) {
		tokens := o.parts(text)
		longest = max(longest, len(tokens))
		for _, token := range tokens {
			counts[token]++
		}
	}
	if training == nil {
		for _, text := range texts {
			count(text)
		}
	}
	for _, i := range training {
		count(texts[i])
	}
	return counts, longest
}

// reserved are tokens that newVocabulary adds: of padding and of what is not known.
var reserved = newVocabulary(nil, "").Words

// mostFrequent are the tokens of a vocabulary, the most frequent first and of equal ones
// by their text; most is how many there may be with those that are reserved.
func mostFrequent(counts map[string]int, most int) []string {
	tokens := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	tokens = slices.DeleteFunc(tokens, func(token string) bool { return slices.Contains(reserved, token) })
	return tokens[:min(len(tokens), most-len(reserved))]
}
