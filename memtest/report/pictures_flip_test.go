package report

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/rundir"
)

func TestEveryByteOfThePictures(t *testing.T) {
	folder := t.TempDir()
	near, far := 0.31, 0.93
	want := Pictures{Copies: &Copies{Perturbation: "gaussian", Unit: "sd", Levels: []CopyLevel{{0.1, &near, 1, 200}, {0.3, &far, 0.98, 200}}, Grid: []byte{1, 2, 3, 4}}}
	if err := SavePictures(folder, want); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(folder, rundir.PicturesFile)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(7, 8))
	refused := 0
	for i := range text {
		flipped := bytes.Clone(text)
		flipped[i] ^= 1 << r.IntN(8)
		if err := os.WriteFile(file, flipped, 0o644); err != nil {
			t.Fatal(err)
		}
		got, err := loadPictures(folder)
		if err != nil {
			refused++
		} else if !reflect.DeepEqual(got, want) {
			t.Fatalf("byte %d, %d became %d: other pictures are read without a word", i, text[i], flipped[i])
		}
	}
	if refused < len(text)/2 {
		t.Errorf("%d of %d flips were refused", refused, len(text))
	}
}
