package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Verify holds rows against the evidence that was kept of them and says of which
// cells it is damaged or belongs to another row. A folder that keeps none, as its
// manifest says, is not damaged.
func (d *Dir) Verify(rows []result.Row) map[string]error {
	if m, err := d.Manifest(); err == nil && !m.KeepsEvidence && d.WithoutEvidence() {
		return nil
	}
	damaged := map[string]error{}
	for _, r := range rows {
		if err := d.verify(r); err != nil {
			damaged[r.Cell()] = err
		}
	}
	return damaged
}

// WithoutEvidence says whether there is no evidence at all: none was kept, or all of
// it was removed to save space.
func (d *Dir) WithoutEvidence() bool {
	_, err := os.Stat(d.Path(evidenceDir))
	return errors.Is(err, fs.ErrNotExist)
}

// errUnfinished is of a cell that is being measured again with more permutations:
// its row says less than what is kept, until the next one comes.
var errUnfinished = errors.New("is of more permutations, which were interrupted")

func (d *Dir) verify(r result.Row) error {
	file := filepath.Join(evidenceDir, filepath.Base(d.evidencePath(r.Cell())))
	saved, err := d.readEvidence(r.Cell())
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s, the evidence of %s, is missing", file, r.Place())
	case err != nil:
		return fmt.Errorf("%s, the evidence of %s, is damaged (%w)", file, r.Place(), err)
	case saved.Cell == "" && saved.Evidence.Counts.Permutations() == r.Permutations: // of an older program
		return nil
	case saved.Row == "" && saved.Evidence.Counts.Permutations() >= r.Permutations:
		return fmt.Errorf("%s, the evidence of %s, %w", file, r.Place(), errUnfinished)
	case saved.Row != r.Fingerprint():
		return fmt.Errorf("%s, the evidence of %s, is that of another row", file, r.Place())
	}
	return nil
}
