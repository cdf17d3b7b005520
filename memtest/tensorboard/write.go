// Package tensorboard writes rows as event files that TensorBoard shows: learning,
// memorization and what they are made of, over epochs.
//
// Each network of each seed is a run of TensorBoard, a folder with one event
// file, below a folder of the run that was measured. Scalars are named quantity/layer/probe/perturbation level, as in
// "learning/dense2/ridge/gaussian 0.3", and stand at the step of their epoch;
// raw inputs, which have none, stand at step 0.
package tensorboard

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// quantities are what of a row becomes a scalar; ok is false where a row lacks it.
var quantities = []struct {
	name string
	of   func(result.Row) (value float64, ok bool)
}{
	{"learning", func(r result.Row) (float64, bool) { return r.Learning, true }},
	{"memorization", func(r result.Row) (float64, bool) { return r.Memorization, true }},
	{"observed", func(r result.Row) (float64, bool) { return r.Observed, true }},
	{"null", func(r result.Row) (float64, bool) { return r.NullMean, true }},
	{"chance", func(r result.Row) (float64, bool) { return r.Chance, true }},
	{"fresh", func(r result.Row) (float64, bool) { return optional(r.Fresh) }},
	{"calibrated", func(r result.Row) (float64, bool) { return optional(r.Calibrated) }},
}

func optional(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}

// Write writes the rows of a run below a folder, which TensorBoard takes as its
// --logdir, and returns the paths of the files, each written whole or not at all.
// name, which no other run below the folder may have, is that of the run. at is the
// time that events carry, since rows carry none: that at which the run was finished.
// Writing a run again replaces its files.
func Write(folder, name string, rows []result.Row, at time.Time) ([]string, error) {
	if len(rows) == 0 {
		return nil, errors.New("there are no rows to write for TensorBoard")
	}
	for _, r := range rows {
		if err := r.Check(); err != nil {
			return nil, err
		}
	}
	type run struct {
		network string
		seed    uint64
	}
	var runs []run
	of := map[run][]result.Row{}
	for _, r := range rows {
		k := run{r.Network, r.Seed}
		if of[k] == nil {
			runs = append(runs, k)
		}
		of[k] = append(of[k], r)
	}
	folder = filepath.Join(folder, folderName(name))
	if err := clear(folder); err != nil {
		return nil, err
	}
	var paths []string
	taken := map[string]bool{}
	for _, k := range runs {
		name := fmt.Sprintf("%s-seed%d", folderName(k.network), k.seed)
		for base, i := name, 2; taken[name]; i++ { // two networks whose names differ in odd characters only
			name = base + "-" + strconv.Itoa(i)
		}
		taken[name] = true
		path := filepath.Join(folder, name, fmt.Sprintf("events.out.tfevents.%d.memtest", at.Unix()))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return paths, err
		}
		if err := atomicfile.WriteFile(path, encode(of[k], at)); err != nil {
			return paths, err
		}
		paths = append(paths, path)
	}
	return paths, nil
}

// clear removes what Write left below the folder of a run at an earlier time, which
// TensorBoard would draw together with what is written now.
func clear(folder string) error {
	old, err := filepath.Glob(filepath.Join(escape.Replace(folder), "*-seed*", "events.out.tfevents.*.memtest"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	return nil
}

// escape protects the characters that Glob gives a meaning.
var escape = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// folderName is the name of a run or a network as the name of a folder.
func folderName(network string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(network, "_"))
	if r := []rune(name); len(r) > 60 {
		name = string(r[:60])
	}
	return strings.TrimLeft(name, ".")
}

// encode is the event file of the rows of one network: first the version of the
// format, then an event for each epoch in rising order.
func encode(rows []result.Row, at time.Time) []byte {
	file := record(nil, versionEvent(at))
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b result.Row) int { return a.Epoch - b.Epoch })
	for len(rows) > 0 {
		n := 1
		for n < len(rows) && rows[n].Epoch == rows[0].Epoch {
			n++
		}
		var values []byte
		for _, r := range rows[:n] {
			for _, q := range quantities {
				if v, ok := q.of(r); ok {
					values = append(values, scalar(tag(q.name, r), float32(v))...)
				}
			}
		}
		for _, s := range ofNetwork(rows[:n]) {
			values = append(values, scalar(s.name, float32(s.value))...)
		}
		file = record(file, summaryEvent(at, int64(max(0, rows[0].Epoch)), values))
		rows = rows[n:]
	}
	return file
}

// named is a scalar of the network itself.
type named struct {
	name  string
	value float64
}

// ofNetwork are the scalars that all rows of a network at an epoch say alike, and
// those of its copies, level by level.
func ofNetwork(rows []result.Row) []named {
	var all []named
	taken := map[string]bool{}
	add := func(name string, v *float64) {
		if v != nil && !taken[name] {
			taken[name], all = true, append(all, named{"network/" + name, *v})
		}
	}
	for _, r := range rows {
		add("train_accuracy", r.TrainAccuracy)
		add("test_accuracy", r.TestAccuracy)
		add("train_loss", r.OwnTrainLoss)
		add("fresh_loss", r.OwnFreshLoss)
		add("membership_auc", r.MembershipAUC)
		at := fmt.Sprintf("%s %g", word(r.Perturbation), r.Level)
		add("copies_accuracy/"+at, r.OwnAccuracy)
		add("copies_loss/"+at, r.OwnLoss)
	}
	return all
}

// tag names a scalar. TensorBoard groups by what stands before the first slash.
func tag(quantity string, r result.Row) string {
	return fmt.Sprintf("%s/%s/%s/%s %g", quantity, word(r.Layer), word(r.Probe), word(r.Perturbation), r.Level)
}

// word is a name within a tag.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '/' || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(s, "_"))
}
