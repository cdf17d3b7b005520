package main

import (
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/shared"
)

func levelsCommand() *cobra.Command {
	var data, perturb string
	var levels []float64
	var seed uint64
	var offline, asJSON bool
	var own datasets.Own
	cmd := &cobra.Command{
		Use:   "levels",
		Short: "What a level of a perturbation means for a data set",
		Long: "levels measures how far copies are from their parents, relative to the nearest other example, and how\n" +
			"often a copy's nearest training example is still its parent. Levels that are alike in these two are alike\n" +
			"across perturbations and data sets.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := shared.Parse(perturb)
			if err != nil {
				return usage(fmt.Errorf("perturb: %w", err))
			}
			train, _, err := datasets.Load(c.Context(), data, datasets.Options{Own: own, Offline: offline, Log: c.ErrOrStderr(), Progress: downloads(c.ErrOrStderr())})
			if err != nil {
				return usage(fmt.Errorf("data: %w", err))
			}
			for _, l := range levels {
				if err := p.Check(l, train.Shape); err != nil {
					return usage(fmt.Errorf("levels: %w", err))
				}
			}
			near, err := shared.Measure(c.Context(), train, p, levels, shared.ClosenessOptions{Seed: seed})
			if err != nil {
				return err
			}
			out := c.OutOrStdout()
			if asJSON {
				for _, n := range near {
					if err := json.NewEncoder(out).Encode(n); err != nil {
						return err
					}
				}
				return nil
			}
			fmt.Fprintf(out, "%s on %s, level in %s; %d copies, nearest sought among %d examples\n", p.Name(), train.Name, p.Unit(), near[0].Copies, near[0].Pool)
			w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
			fmt.Fprintln(w, "level\tdistance to parent\tto parent's nearest other\tratio\tnearest is parent\t")
			for _, n := range near {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t\n", number.Exact(n.Level), number.Fixed(n.Distance, 3), number.Fixed(n.Nearest, 3), number.Fixed(n.Ratio, 3), number.Share(n.Kept))
			}
			return w.Flush()
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&data, "data", "fashion-mnist-sample", "data set: a name that memtest data list shows or a path")
	addOwnFlag(f, &own)
	f.StringVar(&perturb, "perturb", "gaussian", "perturbation, as in `memtest run`")
	f.Float64SliceVar(&levels, "levels", []float64{0, 0.1, 0.3, 0.5}, "levels to measure")
	f.Uint64Var(&seed, "seed", 1, "seed of the copies and of the examples drawn")
	f.BoolVar(&offline, "offline", false, "download nothing")
	f.BoolVar(&asJSON, "json", false, "print JSON lines")
	return cmd
}
