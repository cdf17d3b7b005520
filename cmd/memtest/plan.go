package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/xla"
)

// planFlags are the flags of `memtest plan`.
type planFlags struct {
	size           perm.Size // zero = the pilot's, or that of a run without flags
	alpha, margin  float64
	probes         []string
	backend        string
	offline, quiet bool
	json           bool
}

func planCommand() *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:   "plan [DIR]",
		Short: "How many examples, permutations and seeds a run needs",
		Long: "plan says what a run of some size will show: how wide its intervals will be, which differences to the " +
			"references it will find 8 times in 10, and what more examples, permutations or seeds buy. What the errors are " +
			"made of comes from a pilot: the run in DIR, best a small one on your own data such as\n\n" +
			"  memtest run --n 500 --epochs 0,20 --permutations 99 --seeds 3 --out pilot\n\n" +
			"or, without DIR, one of a few seconds on the sample that comes with memtest.",
		Example: "  memtest plan --n 2000 --permutations 199\n" +
			"  memtest plan pilot --n 10000 --seeds 5",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, folders []string) error {
			if err := f.check(len(folders) > 0, cmd.Flags().Changed); err != nil {
				return usage(err)
			}
			p, err := f.pilot(cmd.Context(), folders, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			planned, err := f.plan(p)
			if err != nil {
				return usage(err)
			}
			out := cmd.OutOrStdout()
			if f.json {
				return json.NewEncoder(out).Encode(planned)
			}
			return planned.document().Text(out, textOptions(out, ""))
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&f.size.N, "n", 0, "training examples of the run (default the pilot's; 5000 without DIR)")
	flags.IntVar(&f.size.B, "permutations", 0, "its label shuffles (default the pilot's; 199 without DIR)")
	flags.IntVar(&f.size.Seeds, "seeds", 0, "its trainings (default the pilot's; 1 without DIR)")
	flags.Float64Var(&f.alpha, "alpha", 0, "its level (default the pilot's, 0.05)")
	flags.Float64Var(&f.margin, "margin", 0, "its margin for the same (default the pilot's, 0.05)")
	flags.StringSliceVar(&f.probes, "probes", nil, "shallow classifiers, without DIR (default ridge,knn)")
	flags.StringVar(&f.backend, "backend", "", usageBackend)
	flags.BoolVar(&f.offline, "offline", false, usageOffline)
	flags.BoolVar(&f.quiet, "quiet", false, usageQuiet)
	flags.BoolVar(&f.json, "json", false, "print the plan as one JSON object")
	return cmd
}

// check says what is wrong with what was typed.
func (f planFlags) check(folder bool, typed func(flag string) bool) error {
	for _, least := range []struct {
		flag         string
		value, least int
	}{{"n", f.size.N, 20}, {"permutations", f.size.B, memtest.MinPermutations}, {"seeds", f.size.Seeds, 1}} {
		if typed(least.flag) && least.value < least.least {
			return fmt.Errorf("%s: %d is too few; give at least %d", least.flag, least.value, least.least)
		}
	}
	for flag, value := range map[string]float64{"alpha": f.alpha, "margin": f.margin} {
		if typed(flag) && !(value > 0 && value < 1) {
			return fmt.Errorf("%s: %v is outside 0..1", flag, value)
		}
	}
	if folder && f.probes != nil {
		return errors.New("probes: those of the pilot are planned for; leave --probes out, or the folder")
	}
	return nil
}

// pilot is a first run: its rows with their evidence, and what the run that is
// planned is like unless flags say otherwise.
type pilot struct {
	about    string // for a sentence
	rows     []result.Row
	evidence func(cell string) (memtest.Evidence, bool)
	size     perm.Size
	cells    int // that p-values are adjusted over, of one training; 0 = those of the rows
}

// pilot reads that of the folder, or runs one.
func (f planFlags) pilot(ctx context.Context, folders []string, stderr io.Writer) (pilot, error) {
	if len(folders) == 0 {
		log := stderr
		if f.quiet {
			log = io.Discard
		}
		return f.quick(ctx, log)
	}
	m, err := memtest.Read(folders[0])
	if err != nil {
		return pilot{}, usage(err)
	}
	if len(m.Rows) == 0 {
		return pilot{}, usage(fmt.Errorf("%s holds no rows; finish the run first", folders[0]))
	}
	p := pilot{about: fmt.Sprintf("the run in %s", folders[0]), rows: m.Rows, evidence: m.Evidence}
	first := m.Rows[0]
	p.size = perm.Size{N: first.N, B: first.Permutations, Seeds: max(1, m.Config.Seeds)}
	if first.Stop > 0 { // the row has as many label sets as its test needed
		p.size.B = m.Config.Permutations
	}
	return p, nil
}

// Size of the quick pilot: it takes seconds, and its variances are within a few
// percent of what more label sets give.
const (
	quickN, quickB, quickSeeds = 500, 49, 3
	quickEpoch, quickLevel     = 20, 0.3
)

// quick is a pilot on the embedded sample, for a `memtest run` without other flags:
// its network and references at their last epoch and at one level.
func (f planFlags) quick(ctx context.Context, log io.Writer) (pilot, error) {
	whole, err := memtest.Config{Options: memtest.Options{Probes: f.probes}}.Resolve()
	if err != nil {
		return pilot{}, usage(err)
	}
	c := whole
	c.N, c.Permutations, c.Epochs, c.Levels = quickN, quickB, []int{0, quickEpoch}, []float64{quickLevel}
	c.Halves = -1 // plans are of errors by example
	c.Seeds = min(max(1, f.size.Seeds), quickSeeds)
	x, err := memtest.New(ctx, c, datasets.Options{Offline: true})
	if err != nil {
		return pilot{}, usage(err)
	}
	e, err := xla.Open(ctx, f.backend, xla.Options{Log: log, NoInstall: f.offline})
	if err != nil {
		return pilot{}, err
	}
	defer e.Close()
	bar := newProgress(log)
	x.Config.Progress = bar.show
	kept := map[string]memtest.Evidence{}
	p := pilot{about: fmt.Sprintf("%d images of the sample", quickN), size: perm.Size{N: sampleN, B: whole.Permutations, Seeds: 1}}
	p.evidence = func(cell string) (memtest.Evidence, bool) { e, ok := kept[cell]; return e, ok }
	for cell, err := range x.Cells(ctx, e) {
		if err != nil {
			return pilot{}, err
		}
		p.rows, kept[cell.Cell()] = append(p.rows, cell.Row), cell.Evidence
	}
	bar.end()
	p.cells = (len(whole.Epochs) - 1) * len(whole.Levels) * len(whole.Probes)
	return p, nil
}

// sampleN is how many training images the sample has.
const sampleN = 5000
