package memtest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
)

// EvidenceDir is the folder, in that of a run, which keeps the evidence of each
// cell.
const EvidenceDir = "cells"

// savedEvidence is the form on disk: gob leaves out a pointer to a zero, so the
// fresh accuracy is kept as a list of none or one.
type savedEvidence struct {
	Evidence Evidence
	Fresh    []float64
}

// SaveEvidence writes the evidence of a cell below the folder of a run, whole or
// not at all.
func SaveEvidence(folder, cell string, e Evidence) error {
	var text bytes.Buffer
	zip := gzip.NewWriter(&text)
	saved := savedEvidence{Evidence: e}
	if e.Fresh != nil {
		saved.Fresh, saved.Evidence.Fresh = []float64{*e.Fresh}, nil
	}
	if err := gob.NewEncoder(zip).Encode(saved); err != nil {
		return fmt.Errorf("evidence of %s: %w", cell, err)
	}
	if err := zip.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(folder, EvidenceDir), 0o755); err != nil {
		return err
	}
	return atomicfile.WriteFile(evidencePath(folder, cell), text.Bytes())
}

// LoadEvidence reads what SaveEvidence wrote. Where there is nothing, or what is
// there cannot be read, ok is false: the cell has to be measured again.
func LoadEvidence(folder, cell string) (e Evidence, ok bool, err error) {
	text, err := os.ReadFile(evidencePath(folder, cell))
	if errors.Is(err, fs.ErrNotExist) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	var saved savedEvidence
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err == nil {
		err = gob.NewDecoder(zip).Decode(&saved)
	}
	e = saved.Evidence
	if len(saved.Fresh) > 0 {
		e.Fresh = &saved.Fresh[0]
	}
	if err != nil || e.Counts == nil || e.Counts.Check() != nil {
		return Evidence{}, false, nil
	}
	return e, true, nil
}

// evidencePath names a cell's file by a hash: cells have names of any length and
// with any characters.
func evidencePath(folder, cell string) string {
	sum := sha256.Sum256([]byte(cell))
	return filepath.Join(folder, EvidenceDir, hex.EncodeToString(sum[:12])+".gob.gz")
}
