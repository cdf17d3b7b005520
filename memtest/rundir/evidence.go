package rundir

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"os"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Fill appends cells as they come, where evidence is true with their evidence
// first: a row without it could not be gone on with.
func (d *Dir) Fill(cells iter.Seq2[result.Cell, error], evidence bool) error {
	if evidence {
		m, err := d.Manifest()
		if err == nil && !m.KeepsEvidence {
			m.KeepsEvidence = true
			err = d.writeManifest(m)
		}
		if err != nil {
			return err
		}
	}
	for cell, err := range cells {
		if err != nil {
			return err
		}
		if evidence {
			if err := d.saveEvidence(cell.Cell(), cell.Row.Fingerprint(), cell.Evidence); err != nil {
				return err
			}
		}
		if err := d.Append(cell.Row); err != nil {
			return err
		}
	}
	return nil
}

// Keep keeps the evidence of a cell that is not measured to its end, so that it can
// be gone on with after an interruption.
func (d *Dir) Keep(cell string, e result.Evidence) error { return d.saveEvidence(cell, "", e) }

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
// versions kept the share within the evidence, where it is read as well, and did not
// say of which cell and row it is.
type savedEvidence struct {
	Evidence       result.Evidence
	Fresh, Parents []float64
	Cell           string
	Row            string // fingerprint of the row that was made of it; "" = none was yet
}

// saveEvidence keeps the evidence of a cell, whole or not at all. The SHA-256 of
// what is compressed stands in gzip's comment.
func (d *Dir) saveEvidence(cell, row string, e result.Evidence) error {
	saved := savedEvidence{Evidence: e, Cell: cell, Row: row}
	if e.Fresh != nil {
		saved.Fresh, saved.Evidence.Fresh = []float64{*e.Fresh}, nil
	}
	if e.Parents != nil {
		saved.Parents, saved.Evidence.Parents = []float64{*e.Parents}, nil
	}
	var plain, text bytes.Buffer
	if err := gob.NewEncoder(&plain).Encode(saved); err != nil {
		return fmt.Errorf("evidence of %s: %w", cell, err)
	}
	zip := gzip.NewWriter(&text)
	zip.Comment = result.Hash(plain.Bytes())
	_, err := zip.Write(plain.Bytes())
	if err = errors.Join(err, zip.Close()); err != nil {
		return err
	}
	if err := os.MkdirAll(d.Path(evidenceDir), 0o777); err != nil {
		return err
	}
	return d.put(d.evidencePath(cell), bytesOf(text.Bytes()))
}

// Evidence is what was kept of a cell. Where there is nothing, or what is there was
// damaged, it is false: the cell has to be measured again.
func (d *Dir) Evidence(cell string) (result.Evidence, bool) {
	saved, err := d.readEvidence(cell)
	return saved.Evidence, err == nil
}

// readEvidence reads what saveEvidence kept of a cell and compares its checksum.
// The error of a cell of which nothing was kept is fs.ErrNotExist.
func (d *Dir) readEvidence(cell string) (saved savedEvidence, err error) {
	text, err := ReadFile(d.evidencePath(cell))
	if err != nil {
		return saved, err
	}
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return saved, err
	}
	plain, err := io.ReadAll(io.LimitReader(zip, mostUnpacked(len(text)))) // to its end, where gzip's own checksum is compared
	if err != nil {
		return saved, err
	}
	if zip.Comment != "" && zip.Comment != result.Hash(plain) {
		return saved, errors.New("its checksum does not go with its contents")
	}
	if err := gob.NewDecoder(bytes.NewReader(plain)).Decode(&saved); err != nil {
		return saved, err
	}
	if saved.Cell != "" && saved.Cell != cell {
		return saved, fmt.Errorf("it is that of %s", saved.Cell)
	}
	if len(saved.Fresh) > 0 {
		saved.Evidence.Fresh = &saved.Fresh[0]
	}
	if len(saved.Parents) > 0 {
		saved.Evidence.Parents = &saved.Parents[0]
	}
	if saved.Evidence.Counts == nil {
		return saved, errors.New("it holds no counts")
	}
	return saved, saved.Evidence.Counts.Check()
}

// mostUnpacked bounds what a file of evidence may unpack to: small files of zeros can
// be made that unpack to a thousand times their size.
func mostUnpacked(packed int) int64 {
	const little = 64 << 20
	free, known := int64(0), false
	if packed > little/1032 {
		free, known = memory.Free()
	}
	if !known {
		return math.MaxInt64
	}
	return max(little, free/4)
}

// EachCell reads the cells of rows whose evidence is kept, one after the other: of many
// label sets that of one takes tens of megabytes.
func (d *Dir) EachCell(rows []result.Row) iter.Seq[result.Cell] {
	return func(yield func(result.Cell) bool) {
		for _, r := range rows {
			if e, ok := d.Evidence(r.Cell()); ok && !yield(result.Cell{Row: r, Evidence: e}) {
				return
			}
		}
	}
}

// Cells are all that EachCell reads.
func (d *Dir) Cells(rows []result.Row) []result.Cell { return slices.Collect(d.EachCell(rows)) }

// evidencePath names a cell's file by a hash: cells have names of any length and
// with any characters.
func (d *Dir) evidencePath(cell string) string {
	sum := sha256.Sum256([]byte(cell))
	return d.Path(evidenceDir + string(os.PathSeparator) + hex.EncodeToString(sum[:12]) + ".gob.gz")
}
