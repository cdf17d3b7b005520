package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/result"
)

func compareCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "compare DIR_A DIR_B",
		Short: "Paired differences of two runs that were measured alike",
		Long: "compare takes the rows of two folders that share examples, copies, label sets, probe and level, and says how\n" +
			"much more the network of the first learned and memorized. The same shuffles are used for both, so what they\n" +
			"do to both alike falls out, and the 95 % intervals are narrow. They are over shuffles, for these two networks;\n" +
			"where both runs have several --seeds, a line over the seeds follows, which is about the training too.",
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, folders []string) error {
			a, err := memtest.Read(folders[0])
			if err != nil {
				return usage(err)
			}
			b, err := memtest.Read(folders[1])
			if err != nil {
				return usage(err)
			}
			all, err := memtest.Compare(a, b)
			if err != nil {
				return usage(err)
			}
			if asJSON {
				lines := json.NewEncoder(cmd.OutOrStdout())
				for _, c := range all {
					c.A.Null, c.B.Null = nil, nil
					if err := lines.Encode(c); err != nil {
						return err
					}
				}
				return nil
			}
			return printComparisons(cmd.OutOrStdout(), folders, all)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON lines instead of the table")
	return cmd
}

// printComparisons prints one line a pair of cells.
func printComparisons(out io.Writer, folders []string, all []memtest.Comparison) error {
	first := all[0]
	fmt.Fprintf(out, "A = %s of %s, B = %s of %s; %d examples, %d shuffles, %s\n\n", first.A.Network, folders[0], first.B.Network, folders[1], first.A.N, first.A.Permutations, first.A.Perturbation)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "probe\tlevel\tA\tB\tseed\tlearning A\tB\tA − B [95 %]\tmemorization A\tB\tA − B [95 %]")
	unsure := false
	for _, c := range all {
		seed := fmt.Sprint(c.A.Seed)
		values := strings.Join([]string{signed(c.A.Learning), signed(c.B.Learning), interval(&c.Learning), signed(c.A.Memorization), signed(c.B.Memorization), interval(c.Memorization)}, "\t")
		if c.Seeds > 0 {
			seed = fmt.Sprintf("all %d", c.Seeds)
			values = fmt.Sprintf("\t\t%s\t\t\t%s", interval(&c.Learning), interval(c.Memorization))
		}
		unsure = unsure || c.Memorization == nil
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", c.A.Probe, number.Exact(c.A.Level), place(c.A), place(c.B), seed, values)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(out, "\nAn interval that leaves out 0 is a difference beyond the shuffles. It says nothing of other networks or data; train several seeds for that.")
	if unsure {
		fmt.Fprintln(out, "Differences of memorization lack an interval where the folder of a run has lost its cells/.")
	}
	return nil
}

// place is layer and epoch, as far as there is one.
func place(r result.Row) string {
	if r.Epoch == result.EpochNone {
		return r.Layer
	}
	return fmt.Sprintf("%s epoch %d", r.Layer, r.Epoch)
}

func signed(v float64) string { return number.Plus(v, 3) }

// interval has a digit more than the values that it is a difference of.
func interval(i *perm.Interval) string {
	if i == nil {
		return number.None
	}
	return fmt.Sprintf("%s [%s, %s]", number.Plus(i.Estimate, 4), number.Plus(i.Low, 4), number.Plus(i.High, 4))
}
