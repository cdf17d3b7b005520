package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

func compareCommand() *cobra.Command {
	var asJSON bool
	var o memtest.CompareOptions
	var expressions []string
	cmd := &cobra.Command{
		Use:   "compare DIR_A DIR_B",
		Short: "Paired differences of two runs that were measured alike",
		Long: "compare takes the rows of two folders that share examples, copies, label sets, probe and level, and says how " +
			"much more the network of the first learned and memorized. Examples and shuffles are the same for both, so what " +
			"they do to both alike falls out. The intervals are over other examples of the same kind and other shuffles, for " +
			"these two networks; where both runs have several --seeds, a line over the seeds follows, which is about the " +
			"training too. A word in the last column is a test: all of them together are wrong at most once in 1/alpha times.",
		Example: "  memtest compare runs/dropout runs/plain\n" +
			"  memtest compare runs/dropout runs/plain --fail-if 'learning < 0'",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, folders []string) (err error) {
			if o.Alpha == 0 || o.Margin == 0 {
				return usage(errors.New("alpha and margin: 0 would be taken for the default; give a number between 0 and 1"))
			}
			if o, err = o.Resolve(); err != nil {
				return usage(err)
			}
			var run []result.Row
			rules, err := parseRules(ofComparisons(func() []result.Row { return run }), expressions)
			if err != nil {
				return err
			}
			a, err := memtest.Read(folders[0])
			if err != nil {
				return usage(err)
			}
			b, err := memtest.Read(folders[1])
			if err != nil {
				return usage(err)
			}
			run = a.Rows
			all, err := memtest.Compare(a, b, o)
			if err != nil {
				return usage(err)
			}
			print := printComparisons
			if asJSON {
				print = encodeComparisons
			}
			if err := print(cmd.OutOrStdout(), folders, all, o); err != nil {
				return err
			}
			return failIf(rules, all)
		},
	}
	cmd.Flags().SortFlags = false
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines instead of the table")
	cmd.Flags().Float64Var(&o.Alpha, "alpha", perm.DefaultAlpha, "level of the words, and 1 less the confidence of the intervals")
	cmd.Flags().Float64Var(&o.Margin, "margin", perm.DefaultMargin, "difference below which two networks are called the same, where an interval shows it")
	cmd.Flags().StringArrayVar(&expressions, "fail-if", nil, "exit with 3 when `EXPRESSION` holds, as 'learning < 0'; may be given again (docs/rows.md)")
	return cmd
}

// encodeComparisons prints a JSON object a pair of cells.
func encodeComparisons(stdout io.Writer, _ []string, all []memtest.Comparison, _ memtest.CompareOptions) error {
	lines := json.NewEncoder(stdout)
	for _, c := range all {
		c.A.Null, c.B.Null = nil, nil
		if err := lines.Encode(c); err != nil {
			return err
		}
	}
	return nil
}

// printComparisons prints one line a pair of cells.
func printComparisons(stdout io.Writer, folders []string, all []memtest.Comparison, o memtest.CompareOptions) error {
	first := all[0]
	say(stdout, "A = %s of %s, B = %s of %s; %d examples, %d shuffles, %s\n", first.A.Network, folders[0], first.B.Network, folders[1], first.A.N, first.A.Permutations, first.A.Perturbation)
	if first.A.Metric != "" {
		say(stdout, "metric %s; memorization is of hits\n", first.A.Metric)
	}
	if err := printTable(stdout, comparisonTable(all, o), "what --json prints"); err != nil {
		return err
	}
	say(stdout, "\nmore, less: the interval that holds for all lines at once at level %s leaves out 0; the same: it lies within ±%s; not shown: neither.", number.Exact(o.Alpha), number.Exact(o.Margin))
	for _, line := range []struct{ over, text string }{
		{memtest.OverImages, "A line of one seed is about these two networks, on other examples of the same kind and other shuffles."},
		{memtest.OverSeeds, "A line over seeds is about other trainings too."},
		{memtest.OverShuffleSeeds, "A line over seeds is about other trainings too; where a cell of it lacks its evidence, not about other examples."},
		{memtest.OverShuffle, "Where the folder of a run lacks the evidence of a cell, as one of an older memtest does, a line is about other shuffles alone, and nothing is said of memorization; measure it again for more."},
	} {
		if slices.ContainsFunc(all, func(c memtest.Comparison) bool { return c.Learning.Over == line.over }) {
			say(stdout, "%s", line.text)
		}
	}
	return nil
}

// comparisonTable has one line for each pair of cells. A narrow terminal shows the
// differences and what they say, and where one stands only as far as lines differ.
func comparisonTable(all []memtest.Comparison, o memtest.CompareOptions) document.Table {
	alike := func(differ func(c memtest.Comparison) bool) int {
		if slices.ContainsFunc(all, differ) {
			return 0
		}
		return 1
	}
	sameB := alike(func(c memtest.Comparison) bool { return place(c.A) != place(c.B) })
	oneSeed := alike(func(c memtest.Comparison) bool { return c.Seeds > 0 || c.A.Seed != all[0].A.Seed })
	difference := fmt.Sprintf("A − B [%s %%]", number.Exact(100*(1-o.Alpha)))
	t := document.Table{Columns: []document.Column{
		{Name: "probe", Lead: true}, {Name: "level", Lead: true}, {Name: "A", Lead: true}, {Name: "B", Lead: true, Spare: sameB}, {Name: "seed", Lead: true, Spare: oneSeed},
		{Name: "learning A", Spare: 2}, {Name: "B", Spare: 2}, {Name: difference}, {Name: "A learned"},
		{Name: "own memorization A", Spare: 2}, {Name: "B", Spare: 2}, {Name: difference}, {Name: "A memorized"},
	}}
	for i := range t.Columns {
		t.Columns[i].Words = true
	}
	for _, c := range all {
		seed := fmt.Sprint(c.A.Seed)
		learningA, learningB, ownA, ownB := signed(c.A.Learning), signed(c.B.Learning), optional(c.A.MemorizationOwn), optional(c.B.MemorizationOwn)
		if c.Seeds > 0 {
			seed = fmt.Sprintf("all %d", c.Seeds)
			learningA, learningB, ownA, ownB = "", "", "", ""
		}
		t.Rows = append(t.Rows, document.Row{First: true, Cells: []string{c.A.Probe, number.Exact(c.A.Level), place(c.A), place(c.B), seed,
			learningA, learningB, interval(&c.Learning), says(&c.Learning), ownA, ownB, interval(c.Memorization), says(c.Memorization)}})
	}
	return t
}

// place is layer and epoch, as far as there is one.
func place(r result.Row) string {
	if r.Epoch == result.EpochNone {
		return r.Layer
	}
	return fmt.Sprintf("%s epoch %d", r.Layer, r.Epoch)
}

func signed(v float64) string { return number.Plus(v, 3) }

func optional(v *float64) string { return number.OrNone(v, signed) }

// interval has a digit more than the values that it is a difference of.
func interval(c *memtest.Contrast) string {
	if c == nil {
		return number.None
	}
	return fmt.Sprintf("%s [%s, %s]", number.Plus(c.Estimate, 4), number.Plus(c.Low, 4), number.Plus(c.High, 4))
}

func says(c *memtest.Contrast) string {
	if c == nil {
		return number.None
	}
	return c.Says.String()
}
