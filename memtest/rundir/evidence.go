package rundir

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"iter"
	"os"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Fill appends cells as they come, where evidence is true with their evidence
// first: a row without it could not be gone on with.
func (d *Dir) Fill(cells iter.Seq2[result.Cell, error], evidence bool) error {
	for cell, err := range cells {
		if err != nil {
			return err
		}
		if evidence {
			if err := d.saveEvidence(cell.Cell(), cell.Evidence); err != nil {
				return err
			}
		}
		if err := d.Append(cell.Row); err != nil {
			return err
		}
	}
	return nil
}

// Row is the row of a cell that was in the folder when it was opened to be
// measured into, or has been appended since.
func (d *Dir) Row(cell string) (result.Row, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	r, ok := d.known[cell]
	return r, ok
}

// savedEvidence is the form on disk: gob leaves out a pointer to a zero, so the
// fresh accuracy and the share of parents are kept as lists of none or one. Older
// versions kept the share within the evidence, where it is read as well.
type savedEvidence struct {
	Evidence       result.Evidence
	Fresh, Parents []float64
}

// saveEvidence keeps the evidence of a cell, whole or not at all.
func (d *Dir) saveEvidence(cell string, e result.Evidence) error {
	var text bytes.Buffer
	zip := gzip.NewWriter(&text)
	saved := savedEvidence{Evidence: e}
	if e.Fresh != nil {
		saved.Fresh, saved.Evidence.Fresh = []float64{*e.Fresh}, nil
	}
	if e.Parents != nil {
		saved.Parents, saved.Evidence.Parents = []float64{*e.Parents}, nil
	}
	if err := gob.NewEncoder(zip).Encode(saved); err != nil {
		return fmt.Errorf("evidence of %s: %w", cell, err)
	}
	if err := zip.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(d.Path(evidenceDir), 0o777); err != nil {
		return err
	}
	return d.put(d.evidencePath(cell), bytesOf(text.Bytes()))
}

// Evidence is what saveEvidence kept of a cell. Where there is nothing, or what
// is there cannot be read, it is false: the cell has to be measured again.
func (d *Dir) Evidence(cell string) (result.Evidence, bool) {
	text, err := ReadFile(d.evidencePath(cell))
	if err != nil {
		return result.Evidence{}, false
	}
	var saved savedEvidence
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err == nil {
		err = gob.NewDecoder(zip).Decode(&saved)
	}
	e := saved.Evidence
	if len(saved.Fresh) > 0 {
		e.Fresh = &saved.Fresh[0]
	}
	if len(saved.Parents) > 0 {
		e.Parents = &saved.Parents[0]
	}
	if err != nil || e.Counts == nil || e.Counts.Check() != nil {
		return result.Evidence{}, false
	}
	return e, true
}

// Cells are the cells of rows whose evidence is kept.
func (d *Dir) Cells(rows []result.Row) []result.Cell {
	var cells []result.Cell
	for _, r := range rows {
		if e, ok := d.Evidence(r.Cell()); ok {
			cells = append(cells, result.Cell{Row: r, Evidence: e})
		}
	}
	return cells
}

// evidencePath names a cell's file by a hash: cells have names of any length and
// with any characters.
func (d *Dir) evidencePath(cell string) string {
	sum := sha256.Sum256([]byte(cell))
	return d.Path(evidenceDir + string(os.PathSeparator) + hex.EncodeToString(sum[:12]) + ".gob.gz")
}
