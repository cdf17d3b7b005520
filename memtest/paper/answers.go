package paper

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// answersFile keeps, in the folder of a run, what networks trained on subsets answered,
// so that a run that was killed trains none of them again.
const answersFile = "subsets.jsonl"

// answersEvery is how many networks are trained between two writings of the file.
const answersEvery = 10

// answers are those of networks trained on subsets of a run's examples.
type answers struct {
	dir  *rundir.Dir
	kept map[subsetNetwork]string // for each example 1 where the network gives its label, else 0
}

// subsetNetwork is a network by the seed of its labels and its number.
type subsetNetwork struct {
	Seed    uint64 `json:"seed"`
	Network int    `json:"network"`
}

// answerLine is a line of answersFile.
type answerLine struct {
	subsetNetwork
	Right string `json:"right"`
}

// openAnswers reads what is kept in a folder. Lines that are damaged are left out, and
// their networks trained again.
func openAnswers(dir *rundir.Dir) (*answers, error) {
	a := answers{dir, map[subsetNetwork]string{}}
	text, err := rundir.ReadFile(dir.Path(answersFile))
	if errors.Is(err, fs.ErrNotExist) {
		return &a, nil
	} else if err != nil {
		return nil, err
	}
	for line := range bytes.Lines(text) {
		var l answerLine
		if result.CheckSeal(line) == nil && json.Unmarshal(line, &l) == nil {
			a.kept[l.subsetNetwork] = l.Right
		}
	}
	return &a, nil
}

// write keeps all answers in the folder.
func (a *answers) write() error {
	networks := slices.SortedFunc(maps.Keys(a.kept), func(x, y subsetNetwork) int {
		return cmp.Or(cmp.Compare(x.Seed, y.Seed), cmp.Compare(x.Network, y.Network))
	})
	var text []byte
	for _, n := range networks {
		line, err := json.Marshal(answerLine{n, a.kept[n]})
		if err == nil {
			line, err = result.Seal(append(line, '\n'))
		}
		if err != nil {
			return err
		}
		text = append(text, line...)
	}
	return a.dir.Put(answersFile, text)
}

// presence counts the answers of so many networks on the labels of a seed, after training
// those that are missing.
func (a *answers) presence(ctx context.Context, e *xla.Engine, x *memtest.Experiment, seed uint64, networks int) (*perm.Presence, error) {
	n := x.Train.Len()
	p := perm.NewPresence(n)
	for r := range networks {
		of := subsetNetwork{seed, r}
		if !a.knows(of, n) {
			after := r + 1
			for after < networks && !a.knows(subsetNetwork{seed, after}, n) {
				after++
			}
			if err := a.train(ctx, e, x, seed, r, after); err != nil {
				return nil, err
			}
		}
		right := make([]bool, n)
		for i, digit := range a.kept[of] {
			right[i] = digit == '1'
		}
		if err := p.Add(perm.RandomSubset(n, r, seed), right); err != nil {
			return nil, fmt.Errorf("network %d: %w", r, err)
		}
	}
	return p, nil
}

// knows says whether the answers of a network for n examples are kept.
func (a *answers) knows(of subsetNetwork, n int) bool { return len(a.kept[of]) == n }

// train trains networks, from the first up to but not including after, and keeps what
// they answer.
func (a *answers) train(ctx context.Context, e *xla.Engine, x *memtest.Experiment, seed uint64, first, after int) error {
	for right, err := range x.OnSubsets(ctx, e, seed, first, after) {
		if err != nil {
			return errors.Join(err, a.write())
		}
		digits := make([]byte, len(right))
		for i, r := range right {
			digits[i] = '0'
			if r {
				digits[i] = '1'
			}
		}
		a.kept[subsetNetwork{seed, first}] = string(digits)
		if first++; first%answersEvery == 0 || first == after {
			if err := a.write(); err != nil {
				return err
			}
		}
	}
	return nil
}
