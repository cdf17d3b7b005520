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

	"github.com/seed-1a417598/memtest/memtest/result"
)

// EvidenceDir is the folder, in that of a run, which keeps the evidence of each
// cell.
const EvidenceDir = "cells"

// SaveEvidence writes the evidence of a cell below the folder of a run, whole or
// not at all.
func SaveEvidence(folder, cell string, e Evidence) error {
	var text bytes.Buffer
	zip := gzip.NewWriter(&text)
	if err := gob.NewEncoder(zip).Encode(e); err != nil {
		return fmt.Errorf("evidence of %s: %w", cell, err)
	}
	if err := zip.Close(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(folder, EvidenceDir), 0o755); err != nil {
		return err
	}
	return result.WriteFile(evidencePath(folder, cell), text.Bytes())
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
	zip, err := gzip.NewReader(bytes.NewReader(text))
	if err == nil {
		err = gob.NewDecoder(zip).Decode(&e)
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
