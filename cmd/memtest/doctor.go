package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/xla"
)

func doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "What is there to compute with, and what to do about the rest",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			out := c.OutOrStdout()
			for _, check := range xla.Doctor(c.Context()) {
				mark := "ok  "
				if !check.OK {
					mark = "--  "
				}
				fmt.Fprintf(out, "%s%-26s %s\n", mark, check.Name, check.Found)
				if check.Advice != "" {
					fmt.Fprintf(out, "%30s %s\n", "→", check.Advice)
				}
			}
			return nil
		},
	}
}
