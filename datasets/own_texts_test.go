package datasets

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Words and characters of tables and arrays are numbered as Python's Counter counts them,
// the vocabulary being that of the training part.
func TestOwnTexts(t *testing.T) {
	for _, layout := range []string{"words", "characters"} {
		for name, o := range map[string]FileOptions{"texts_train.csv": {Test: ownFile("texts_test.csv")}, "texts.npz": {}} {
			o.Layout = layout
			a, b, log, err := said(t, ownFile(name), o)
			if err != nil {
				t.Errorf("%s of %s: %v", layout, name, err)
				continue
			}
			want := golden(t, layout)
			holds(t, layout+" of "+name, want, 0, a, b)
			if a.Shape.Kind != Tokens || a.Shape != b.Shape || a.Shape.Vocabulary != len(a.Tokens.Words) || a.Tokens.Space != map[string]string{"words": " ", "characters": ""}[layout] {
				t.Errorf("%s of %s: %v, %+v", layout, name, a.Shape, a.Tokens)
			}
			if strings.HasSuffix(name, ".csv") != strings.Contains(log, "left out: 1 column [id]") || !strings.Contains(log, "not in the vocabulary") || !strings.Contains(log, layout+", and are cropped to them") {
				t.Errorf("%s of %s: said %q", layout, name, log)
			}
		}
	}
}

// lines is a table of texts, of which every other is of another class.
func lines(texts ...string) []byte {
	b := "text,label\n"
	for i, text := range texts {
		b += `"` + text + `",` + []string{"p", "q"}[i%2] + "\n"
	}
	return []byte(b)
}

func TestOwnTextsAsStated(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "in.csv"), lines("b a a", "c b a d", "A b", "a"))
	s, _, log, err := said(t, path, FileOptions{Layout: "words", Vocabulary: 4, Length: 3, TestShare: -1})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.Tokens.Words, []string{"<pad>", "<mask>", "a", "b"}) || !slices.Equal(s.Row(0), []float32{3, 2, 2, 3}) || !slices.Equal(s.Row(1), []float32{1, 3, 2, 3}) || !slices.Equal(s.Row(3), []float32{2, 0, 0, 1}) {
		t.Errorf("%v of %q", s.X, s.Tokens.Words)
	}
	if want := "1 of 4 texts are longer than 3 words, and are cropped to them; the longest training text has 4, which --own length=4 keeps"; !strings.Contains(log, want) || !strings.Contains(log, "2 of 9 words are not in the vocabulary, the 2 most frequent") {
		t.Errorf("said %q", log)
	}
	// What the drawn test part holds is no part of the vocabulary.
	var texts []string
	for i := range 20 {
		texts = append(texts, "w"+string(rune('a'+i)))
	}
	a, b, err := loadOwn(write(t, path, lines(texts...)), FileOptions{Layout: "words"})
	if err != nil || len(a.Tokens.Words) != 2+a.Len() {
		t.Fatal(a, err)
	}
	for i := range b.Len() {
		if !slices.Equal(b.Row(i), []float32{1, 1}) {
			t.Errorf("a word of the test part is read as %v", b.Row(i))
		}
	}
	// A text of more than 64 characters is cropped, unless its length is stated.
	long := strings.Repeat("x", 80)
	write(t, path, lines(long, "y", long, "y"))
	s, _, err = loadOwn(path, FileOptions{Layout: "characters", TestShare: -1})
	if err != nil || s.Shape.Height != 64 {
		t.Errorf("%v, %v", s, err)
	}
	s, _, err = loadOwn(path, FileOptions{Layout: "characters", Length: 80, TestShare: -1})
	if err != nil || s.Shape.Height != 80 || s.Shape.Length(s.Row(0)) != 80 {
		t.Errorf("%v, %v", s, err)
	}
}

func TestOwnTextsRefuse(t *testing.T) {
	path := write(t, filepath.Join(t.TempDir(), "in.csv"), lines("a", " ", "a", "b"))
	words := FileOptions{Layout: "words", TestShare: -1}
	_, _, err := loadOwn(path, words)
	refused(t, err, "in.csv", `line 3, column "text" is empty`, "leave out such lines")
	for field, o := range map[string]FileOptions{
		"length of -1": {Length: -1}, "vocabulary of 2": {Vocabulary: 2}, `no text column "comment"`: {X: "comment"}, `no text column "label"`: {X: "label"},
		`no label column "class"`: {Y: "class"}, "layout words: pad is stated": {Pad: number(0)}, "layout words: lengths is stated": {Lengths: "a"},
	} {
		o.Layout = "words"
		_, _, err := loadOwn(write(t, path, lines("a", "b", "a", "b")), o)
		refused(t, err, "in.csv", field)
	}
	_, _, err = loadOwn(path, FileOptions{X: "text"})
	refused(t, err, "x is stated", "leave x= out")

	// In arrays too.
	texts := npyBytes("{'descr': '<U1', 'fortran_order': False, 'shape': (4,), }\n", []byte("a\x00\x00\x00b\x00\x00\x00 \x00\x00\x00b\x00\x00\x00"))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 1, 0, 1})
	npz := write(t, filepath.Join(t.TempDir(), "in.npz"), zipOf(t, "X.npy", texts, "y.npy", y))
	_, _, err = loadOwn(npz, words)
	refused(t, err, "in.npz: array X", "text of example 2 is empty")
	words.X = "y"
	_, _, err = loadOwn(npz, words)
	refused(t, err, "array y", "it is uint8, not text", "--own x=texts")
	_, _, err = loadOwn(npz, FileOptions{Layout: "tokens", Pad: number(0)})
	refused(t, err, "array X", "text, not numbers")
}

// Texts that pandas or numpy pickled are refused as that, not by a number of rows that
// nobody can know.
func TestPickledTextsAreNamed(t *testing.T) {
	x := npyBytes("{'descr': '|O', 'fortran_order': False, 'shape': (4,), }\n", []byte("pickled"))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 1, 0, 1})
	path := write(t, filepath.Join(t.TempDir(), "in.npz"), zipOf(t, "X.npy", x, "y.npy", y))
	_, _, err := loadOwn(path, FileOptions{Layout: "words", TestShare: -1})
	refused(t, err, "in.npz", "Python objects", "astype(str)")
}
