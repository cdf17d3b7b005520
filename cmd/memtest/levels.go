package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
)

// copiesPrinted is how many examples are printed with their copies.
const copiesPrinted = 4

// printCopies prints a few examples beside their copies, where those are no pictures.
func printCopies(w io.Writer, train *datasets.Set, p perturb.Perturbation, config memtest.Config) error {
	c, err := report.CopiesShown(train, p, config.Levels, copiesPrinted, config.Seed)
	if err != nil {
		return err
	}
	blocks, err := c.Blocks()
	if err != nil || len(blocks) == 0 {
		return err
	}
	if s := c.Sentence(); s != "" {
		say(w, "\n%s", s)
	}
	fmt.Fprintln(w)
	return document.Document{Verbatim: true, Sections: []document.Section{{Blocks: blocks}}}.Text(w, textOptions(w, ""))
}

// closenessTable has a row for each level.
func closenessTable(near []perturb.Closeness) document.Table {
	t := document.Table{Columns: []document.Column{{Name: "level"}, {Name: "distance to parent"}, {Name: "to parent's nearest other"}, {Name: "ratio"}, {Name: "nearest is parent"}}}
	for _, n := range near {
		t.Rows = append(t.Rows, document.Row{First: true, Cells: []string{number.Exact(n.Level), number.Fixed(n.Distance, 3), number.Fixed(n.Nearest, 3), number.OrNone(n.Ratio, func(v float64) string { return number.Fixed(v, 3) }), number.Share(n.ParentNearest)}})
	}
	return t
}

func levelsCommand() *cobra.Command {
	var typed memtest.Config
	var offline, asJSON bool
	cmd := &cobra.Command{
		Use:   "levels",
		Short: "What a level of a perturbation means for a data set",
		Long: "levels measures how far copies are from their parents, relative to the nearest other example, and how " +
			"often a copy's nearest training example is still its parent. Levels that are alike in these two are alike " +
			"across perturbations and data sets. A few texts, series or rows of a table are shown beside their copies; images are on the page of a run.",
		Example: "  memtest levels\n" +
			"  memtest levels --data mnist --perturb rotate --levels 5,15,30",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config := memtest.Config{Command: memtest.CommandLevels}
			if err := overlay(c, &config, typed, memtest.CommandLevels); err != nil {
				return err
			}
			config, err := config.Resolve()
			if err != nil {
				return usage(err)
			}
			p, err := perturb.Parse(config.Perturb)
			if err != nil {
				return usage(fmt.Errorf("perturb: %w", err))
			}
			if err := perturb.CheckExamples(p); err != nil {
				return usage(err)
			}
			train, _, err := config.Load(c.Context(), datasets.Options{Offline: offline, Log: c.ErrOrStderr(), Progress: downloads(c.ErrOrStderr())})
			if err != nil {
				return usage(err)
			}
			for _, l := range config.Levels {
				if err := p.Check(l, train.Shape); err != nil {
					return usage(fmt.Errorf("levels: %w", err))
				}
			}
			near, err := perturb.MeasureCloseness(c.Context(), train, p, config.Levels, perturb.ClosenessOptions{Seed: config.Seed})
			if err != nil {
				return err
			}
			out := plain{c.OutOrStdout()}
			if asJSON {
				for _, n := range near {
					if err := json.NewEncoder(out).Encode(n); err != nil {
						return err
					}
				}
				return nil
			}
			say(c.OutOrStdout(), "%s on %s, level in %s; %d copies, nearest sought among %d examples", p.Name(), train.Name, perturb.UnitFor(p, train.Shape), near[0].Copies, near[0].Pool)
			if err := printTable(c.OutOrStdout(), closenessTable(near), ""); err != nil {
				return err
			}
			return printCopies(c.OutOrStdout(), train, p, config)
		},
	}
	f := cmd.Flags()
	addFields(f, &typed, memtest.CommandLevels)
	f.BoolVar(&offline, "offline", false, usageOffline)
	f.BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}
