package datasets

import (
	"bytes"
	"strings"
	"testing"
)

// Whatever the bytes are, a reader refuses them with an error or gives a set that
// Check can judge; it never panics and never allocates for sizes that the bytes
// cannot fill. The inputs under testdata/fuzz are run by every go test.

// judge checks a reader's result as Load does.
func judge(t *testing.T, e examples, err error) {
	if err != nil {
		return
	}
	s, err := e.set("fuzz", e.classes)
	if err != nil {
		return
	}
	if s.Len() == 0 || len(s.X) != s.Len()*s.Shape.RowSize() {
		t.Fatalf("accepted %d labels, %d values of %v", s.Len(), len(s.X), s.Shape)
	}
}

func FuzzIDX(f *testing.F) {
	pixels, ys := twelve()
	f.Add(idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12))
	f.Add(idxBytes(pixels, 3, 2, 2, 4), idxBytes(ys[:3], 3))
	f.Add([]byte{0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1}, []byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, images, ys []byte) {
		read := func(b []byte) (bytesArray, error) {
			r, limit, err := inflate(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				return bytesArray{}, err
			}
			a, err := decodeIDX(r, limit)
			if err == nil && int64(len(a.data)) > limit {
				t.Fatalf("%d bytes came out of %d", len(a.data), len(b))
			}
			return a, err
		}
		a, errA := read(images)
		b, errB := read(ys)
		if errA != nil || errB != nil {
			return
		}
		e, err := idxExamples(a, b)
		judge(t, e, err)
	})
}

func FuzzCIFAR(f *testing.F) {
	f.Add(records(1, 0, 1), 1)
	f.Add(records(2, 0, 1)[:3074], 2)
	f.Fuzz(func(t *testing.T, b []byte, labelBytes int) {
		var e examples
		err := cifarRecords(bytes.NewReader(b), int64(len(b)), 1+labelBytes&1, &e)
		judge(t, e, err)
	})
}

func FuzzCIFARArchive(f *testing.F) {
	var members []member
	for _, m := range cifar10Members() {
		members = append(members, member{m.name, m.data[:min(len(m.data), 100)]})
	}
	f.Add(tarOf(f, members...))
	f.Fuzz(func(t *testing.T, b []byte) {
		i := Info{Name: "cifar10", Train: 5, Test: 1}
		train, _, err := i.unpackCIFAR(bytes.NewReader(b), cifar10Files())
		judge(t, train, err)
	})
}

func FuzzPicture(f *testing.F) {
	f.Add(pngClaiming(4, 3))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		img, err := decodePicture(bytes.NewReader(b))
		if err != nil {
			return
		}
		if s := img.Bounds(); s.Dx() < 1 || s.Dy() < 1 || s.Dx()*s.Dy() > maxPicture {
			t.Fatalf("accepted a picture of %v", s)
		}
	})
}

func FuzzTS(f *testing.F) {
	f.Add([]byte(tsHead + "1,2:3,4:A\n1,2:3,4:b\n"))
	f.Add([]byte("@equalLength false\n@classLabel true a\n@data\n1,2:a\n1e9,?:a\n"))
	f.Add([]byte("@univariate true\n@seriesLength 99999999\n@equallength true\n@classLabel true a a\n@data\n1:a\n:a\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeTS(bytes.NewReader(b))
		if err != nil {
			return
		}
		e, err := s.examples("fuzz.ts")
		judge(t, e, err)
	})
}

// Any texts and any place that parts training from test are read, each in its own row.
func FuzzTexts(f *testing.F) {
	f.Add("a b\nc a\nb", 1, 3, 2, true)
	f.Add("\u00e9\xff<pad>\n<mask> \u3000x", 0, 0, 0, false)
	f.Fuzz(func(t *testing.T, text string, training, vocabulary, length int, words bool) {
		o := FileOptions{Layout: map[bool]string{true: "words", false: "characters"}[words], Vocabulary: vocabulary, Length: length}
		texts := strings.Split(text, "\n")
		if o.checkTexts(texts, "fuzz") != nil || length > 1000 {
			return
		}
		rows := make([]int, 1+uint(training)%uint(len(texts)))
		for i := range rows {
			rows[i] = i
		}
		c, err := o.encode(&raw{texts: texts}, rows)
		if err != nil {
			t.Fatal(err)
		}
		s := &Set{Name: "fuzz", Shape: c.shape, X: c.x, Y: make([]int32, len(texts)), Classes: []string{"a"}}
		if err := s.checkSequences(); err != nil || len(s.X) != len(texts)*s.Shape.RowSize() || len(c.tokens.Words) != s.Shape.Vocabulary {
			t.Fatal(s, err)
		}
		for i, text := range texts {
			if got, want := s.Shape.Length(s.Row(i)), min(len(o.parts(text)), s.Shape.Height); got != want {
				t.Fatalf("%q has %d tokens, want %d", text, got, want)
			}
		}
	})
}

// Lines of Adult and of AG News may be anything: what is read has a label and, of the
// first, as many cells as there are columns, and, of the second, words.
func FuzzNamedLines(f *testing.F) {
	f.Add([]byte(adultText([2]string{"Private", ">50K."})))
	f.Add([]byte("|1x3\n, , , \n"))
	f.Add(newsFile([2]string{"a b", "c"}))
	f.Add([]byte("\"1\",\"\"\"\",\n"))
	info, _ := lookup("adult")
	f.Fuzz(func(t *testing.T, b []byte) {
		if rows, err := info.adultRows(string(b)); err == nil {
			for _, r := range rows {
				if len(r.cells) != len(adultColumns)+1 || r.label < 0 || int(r.label) >= len(info.Classes) {
					t.Fatalf("%+v", r)
				}
			}
		}
		if p, err := readNews(bytes.NewReader(b)); err == nil {
			for _, tokens := range p.texts {
				if len(tokens) == 0 || len(p.texts) != len(p.labels) {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}
