package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

func reportCommand() *cobra.Command {
	var figures string
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Draw the pages of a run anew from its rows; trains nothing",
		Args:  oneArgument,
		RunE: func(c *cobra.Command, args []string) error {
			page, err := report.Load(args[0])
			if err != nil {
				return err
			}
			for _, s := range page.Notes.Sentences() {
				fmt.Fprintln(c.ErrOrStderr(), s)
			}
			if err := report.Write(args[0], page); err != nil {
				return err
			}
			fmt.Fprintf(c.OutOrStdout(), "%s is written\n", filepath.Join(args[0], result.ReportFile))
			if figures == "" {
				return nil
			}
			if err := os.MkdirAll(figures, 0o755); err != nil {
				return err
			}
			paths, err := report.WriteFigures(figures, page.Rows)
			for _, p := range paths {
				fmt.Fprintln(c.OutOrStdout(), p)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&figures, "figures", "", "also write every plot into this folder, as SVG and PNG at 3.5 and 7 inches")
	return cmd
}
