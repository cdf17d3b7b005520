package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// outFlags are the flags of every command that measures features of a network
// that was trained elsewhere.
type outFlags struct {
	out, backend string
	quiet, json  bool
	test         memtest.TestOptions
}

func (f *outFlags) add(flags *pflag.FlagSet) {
	flags.StringSliceVar(&f.test.Probes, "probes", nil, probesUsage)
	flags.IntVar(&f.test.Permutations, "permutations", 0, "label shuffles, at least 19 (default 199)")
	flags.Uint64Var(&f.test.Seed, "seed", 0, "seed of everything random (default 1)")
	flags.Float64Var(&f.test.Alpha, "alpha", 0, "level that p-values are asked to reach (default 0.05)")
	flags.StringVar(&f.test.Scale, "scale", "", "standard: columns centred and divided by their sd, constant ones dropped; none (default standard, for raw inputs none)")
	flags.StringVar(&f.backend, "backend", "", "xla:cpu, xla:cuda, go or the path of a PJRT plugin (default: the best there is)")
	flags.StringVar(&f.out, "out", "", "folder for rows and report (default runs/DATE-TIME)")
	flags.BoolVar(&f.quiet, "quiet", false, "no progress")
	flags.BoolVar(&f.json, "json", false, "print rows as JSON lines instead of the table")
}

// log is where progress and notices go.
func (f *outFlags) log(stderr io.Writer) io.Writer {
	if f.quiet {
		return io.Discard
	}
	return stderr
}

// tested is a measurement whose cells go into a folder of their own.
type tested struct {
	out      string // "" = a folder named by the time
	config   []byte
	manifest result.Manifest
	labels   []int32
	classes  []string
	json     bool
	pictures *memtest.Experiment // data and copies that the pages show; nil = none
}

// write measures the cells into the folder, which must not hold a run, and
// prints what came out.
func (t tested) write(ctx context.Context, cells iter.Seq2[memtest.Cell, error], stdout io.Writer) (err error) {
	if t.out, err = outFolder(t.out, t.manifest.Started); err != nil {
		return err
	}
	dir, err := result.Create(t.out, t.config, t.manifest)
	if err != nil {
		return err
	}
	var all []memtest.Cell
	var rows []result.Row
	defer func() {
		err = errors.Join(err, dir.Close())
		if err != nil && len(rows) == 0 { // bad input leaves nothing behind
			err = errors.Join(err, removeEmptyRun(t.out))
		}
	}()
	for cell, err := range cells {
		if err != nil {
			if ctx.Err() != nil && len(rows) > 0 {
				return fmt.Errorf("the %d rows so far are in %s", len(rows), t.out)
			}
			return err
		}
		// Evidence first: compare takes what the row does not hold from there.
		if err := memtest.SaveEvidence(t.out, cell.Cell(), cell.Evidence); err != nil {
			return err
		}
		if err := dir.Append(cell.Row); err != nil {
			return err
		}
		all, rows = append(all, cell), append(rows, cell.Row)
	}
	if rows, err = memtest.Complete(rows); err != nil {
		return err
	}
	if err := dir.ReplaceRows(rows); err != nil {
		return err
	}
	network := ofNetwork(all)
	if len(network) == 0 {
		network = all // nothing but the raw inputs was measured
	}
	return outcome{t.out, t.labels, t.classes, t.pictures, t.json}.write(ctx, dir, rows, network, stdout)
}

// ofNetwork are the cells of the network, without the raw inputs.
func ofNetwork(cells []memtest.Cell) []memtest.Cell {
	return slices.DeleteFunc(slices.Clone(cells), func(c memtest.Cell) bool { return c.Network == memtest.RefInput })
}

// removeEmptyRun removes what Create made for a run that measured nothing, and
// the folder if there was nothing else in it.
func removeEmptyRun(folder string) error {
	for _, name := range []string{result.ConfigFile, result.ManifestFile, result.RowsFile, ".lock"} {
		if err := os.Remove(filepath.Join(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		return err
	}
	return os.Remove(folder)
}

// mostHashed is the size of a file above which it is not hashed: reading all of
// it again would take longer than the measurement.
const mostHashed = 4 << 30

// fileHash is the SHA-256 of a file, in hexadecimal; "" for one that is very
// large.
func fileHash(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || info.Size() > mostHashed {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
