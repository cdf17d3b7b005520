package main

import (
	"cmp"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest/onnx"
	"github.com/seed-1a417598/memtest/memtest/slurm"
	"github.com/seed-1a417598/memtest/xla"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "doctor",
		Short:   "What is there to compute with, and what to do about the rest",
		Long:    "doctor looks for what memtest computes with: XLA's plugin, a GPU, ONNX Runtime, Slurm. It says what was found, and what to do about what was not. It changes nothing.",
		Example: "  memtest doctor",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			h := helpWriter{out: c.OutOrStdout(), width: cmp.Or(terminalWidth(c.OutOrStdout()), math.MaxInt32)}
			checks := xla.Doctor(c.Context())
			found, ok, advice := onnx.Report()
			checks = append(checks, xla.Check{Name: "ONNX Runtime", OK: ok, Found: found, Advice: advice}, slurmCheck())
			width := 0
			for _, check := range checks {
				width = max(width, len(check.Name))
			}
			for _, check := range checks {
				mark := "ok"
				if !check.OK {
					mark = "--"
				}
				h.entry(fmt.Sprintf("%s  %-*s  ", mark, width, check.Name), width+6, check.Found)
				if check.Advice != "" {
					h.entry("", width+6, "→ "+check.Advice)
				}
			}
			return nil
		},
	}
}

// slurmCheck says whether `memtest submit` has something to submit to.
func slurmCheck() xla.Check {
	check := xla.Check{Name: "Slurm", Found: slurm.Available()}
	if check.OK = check.Found != ""; !check.OK {
		check.Found, check.Advice = "no sbatch on the PATH", "not needed on one machine; `memtest submit` hands a run to a cluster, where sbatch is"
	}
	return check
}
