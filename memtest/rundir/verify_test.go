package rundir

import (
	"errors"
	"iter"
	"os"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// kept is a folder of one cell for each level, with evidence.
func kept(t *testing.T, levels ...float64) (string, []result.Cell) {
	t.Helper()
	var cells []result.Cell
	for _, level := range levels {
		tally, err := perm.NewTally(4, 2, perm.TallyOptions{PerExample: true})
		if err != nil {
			t.Fatal(err)
		}
		for b, labels := range [][]int32{{0, 0, 1, 1}, {1, 0, 1, 0}, {0, 1, 0, 1}, {1, 1, 0, 0}} {
			if err := tally.Add(b, labels, []int32{0, 0, 1, 0}); err != nil {
				t.Fatal(err)
			}
		}
		cells = append(cells, result.Cell{Row: sample(level), Evidence: result.Evidence{Counts: tally.Counts()}})
	}
	path, d := create(t)
	if err := errors.Join(d.Fill(each(cells), true), d.Close()); err != nil {
		t.Fatal(err)
	}
	return path, cells
}

func each(cells []result.Cell) iter.Seq2[result.Cell, error] {
	return func(yield func(result.Cell, error) bool) {
		for _, c := range cells {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Whatever happens to a cell's file, its row is measured again, and the others stay.
func TestDamagedCellsAreMeasuredAgain(t *testing.T) {
	for name, damage := range map[string]func(file, other string) error{
		"is missing": func(file, _ string) error { return os.Remove(file) },
		"is damaged": func(file, _ string) error {
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			text[len(text)/2] ^= 4
			return os.WriteFile(file, text, 0o644)
		},
		"is damaged (it is that of": func(file, other string) error {
			text, err := os.ReadFile(other)
			return errors.Join(err, os.WriteFile(file, text, 0o644))
		},
	} {
		path, cells := kept(t, 0, 0.3)
		d, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := damage(d.evidencePath(cells[1].Cell()), d.evidencePath(cells[0].Cell())); err != nil {
			t.Fatal(err)
		}
		d, notes, err := Resume(path, config, result.Manifest{})
		if err != nil {
			t.Fatal(err)
		}
		_, first := d.Row(cells[0].Cell())
		_, second := d.Row(cells[1].Cell())
		rows, _, err := d.Rows()
		if err != nil || !first || second || len(rows) != 2 || len(notes.Damaged) != 1 || !strings.Contains(notes.Damaged[0], name) {
			t.Errorf("%s: known %v %v, %d rows, notes %v, error %v", name, first, second, len(rows), notes.Damaged, err)
		}
		if err := errors.Join(d.Fill(each(cells[1:]), true), d.Close()); err != nil {
			t.Fatal(err)
		}
		if rows, _, err = d.Rows(); err != nil || len(rows) != 2 || len(d.Verify(rows)) > 0 {
			t.Errorf("%s: measured again, %d rows, damaged %v, error %v", name, len(rows), d.Verify(rows), err)
		}
	}
}

// A folder from which all evidence was removed is damaged; one that keeps none is not.
func TestAllEvidenceIsMissing(t *testing.T) {
	path, cells := kept(t, 0, 0.3)
	if err := os.RemoveAll(path + "/" + evidenceDir); err != nil {
		t.Fatal(err)
	}
	if _, notes, err := Resume(path, config, result.Manifest{}); err != nil || len(notes.Damaged) != 2 {
		t.Errorf("notes %v, error %v", notes.Damaged, err)
	}
	other, d := create(t)
	if err := errors.Join(d.Fill(each(cells), false), d.Close()); err != nil {
		t.Fatal(err)
	}
	if _, notes, err := Resume(other, config, result.Manifest{}); err != nil || len(notes.Damaged) != 0 {
		t.Errorf("without evidence: notes %v, error %v", notes.Damaged, err)
	}
}

// A row whose evidence is of other permutations is not the row of that evidence.
func TestARowIsHeldAgainstItsCell(t *testing.T) {
	path, cells := kept(t, 0, 0.3)
	other := cells[1].Row
	other.Observed = 0.5
	d, _, err := Resume(path, config, result.Manifest{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.ReplaceRows([]result.Row{cells[0].Row, other}), d.Close()); err != nil {
		t.Fatal(err)
	}
	if _, notes, err := Resume(path, config, result.Manifest{}); err != nil || len(notes.Damaged) != 1 || !strings.Contains(notes.Damaged[0], "is that of another row") {
		t.Errorf("notes %v, error %v", notes.Damaged, err)
	}
}
