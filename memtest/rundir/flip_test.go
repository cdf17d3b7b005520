package rundir

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// contents is all that readers say of a folder, file by file; an error stands for
// what it says.
type contents struct {
	config   []byte
	manifest result.Manifest
	labels   []int32
	rows     map[string]result.Row
	evidence map[string]result.Evidence
}

// Of a run's folder, one random bit of every byte of every file is flipped, one
// after the other: readers find what was written, or say that something is wrong.
func TestEveryByteWithAFlippedBit(t *testing.T) {
	path, cells := kept(t, 0, 0.3)
	d, _, err := Resume(path, config, result.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.KeepLabels([]int32{0, 0, 1, 1}), d.Finish(started, result.Compiled{}), d.Close()); err != nil {
		t.Fatal(err)
	}
	want := contents{config: config, labels: []int32{0, 0, 1, 1}, rows: map[string]result.Row{}, evidence: map[string]result.Evidence{}}
	if want.manifest, err = d.Manifest(); err != nil {
		t.Fatal(err)
	}
	for _, c := range cells {
		c.Row.Config = result.ConfigID(config)
		want.rows[c.Cell()] = c.Row.Upgraded()
		want.evidence[c.Cell()] = c.Evidence
	}
	want.against(t, "as it was written", path, false)
	r := rand.New(rand.NewPCG(3, 4))
	tried := 0
	err = filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == lockFile {
			return err
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for i := range text {
			flipped := bytes.Clone(text)
			flipped[i] ^= 1 << r.IntN(8)
			if err := os.WriteFile(file, flipped, 0o644); err != nil {
				return err
			}
			want.against(t, entry.Name(), path, true)
			if t.Failed() {
				t.Fatalf("byte %d of %s, %d became %d", i, file, text[i], flipped[i])
			}
			tried++
		}
		return os.WriteFile(file, text, 0o644)
	})
	if err != nil || tried < 3000 {
		t.Fatalf("%d bytes were tried (%v)", tried, err)
	}
}

// against holds what readers find against what was written; where something may be
// damaged, they may also say so.
func (want contents) against(t *testing.T, name, path string, damaged bool) {
	t.Helper()
	check := func(what string, err error, same bool) {
		if err != nil && !damaged {
			t.Errorf("%s: %s: %v", name, what, err)
		}
		if err == nil && !same {
			t.Errorf("%s: another %s is read without a word", name, what)
		}
	}
	d, err := Open(path)
	if err != nil {
		check("configuration", err, false)
		return
	}
	m, err := d.Manifest()
	check("manifest", err, reflect.DeepEqual(m, want.manifest))
	if err == nil { // else nothing says what the configuration was
		check("configuration", nil, bytes.Equal(d.Config(), want.config))
	}
	labels, err := d.Labels()
	check("labels", err, reflect.DeepEqual(labels, want.labels))
	rows, notes, err := d.Rows()
	check("rows", err, notes.Partial > 0 || len(rows) == len(want.rows))
	for _, r := range rows {
		a, _ := r.Line()
		b, _ := want.rows[r.Cell()].Line()
		check("row", nil, bytes.Equal(a, b))
	}
	for cell, e := range want.evidence {
		got, ok := d.Evidence(cell)
		check("evidence", map[bool]error{false: errors.New("none")}[ok], reflect.DeepEqual(got, e))
	}
}
