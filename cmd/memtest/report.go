package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/memtest/tensorboard"
)

func reportCommand() *cobra.Command {
	var figures, logdir string
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Draw the pages of a run anew from its rows; trains nothing",
		Args:  cobra.ExactArgs(1),
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
			fmt.Fprintf(c.OutOrStdout(), "%s is written\n", filepath.Join(args[0], rundir.ReportFile))
			if logdir != "" {
				if err := writeTensorBoard(c.OutOrStdout(), logdir, page); err != nil {
					return err
				}
			}
			if figures == "" {
				return nil
			}
			if err := os.MkdirAll(figures, 0o777); err != nil {
				return usage(fmt.Errorf("figures: %w: give another folder with --figures", err))
			}
			paths, err := report.WriteFigures(figures, page.Rows)
			for _, p := range paths {
				fmt.Fprintln(c.OutOrStdout(), p)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&figures, "figures", "", "also write every plot into this folder, as SVG and PNG at 3.5 and 7 inches; replaces only plots that it wrote there and nobody changed")
	cmd.Flags().StringVar(&logdir, "tensorboard", "", "also write learning and memorization over epochs below this folder, for tensorboard --logdir")
	return cmd
}

// writeTensorBoard writes the rows for TensorBoard, at the time at which the run was
// finished, so that writing them again changes nothing.
func writeTensorBoard(out io.Writer, logdir string, page report.Page) error {
	at := time.Unix(0, 0)
	if m := page.Manifest; m != nil {
		at = m.Started
		if m.Finished != nil {
			at = *m.Finished
		}
	}
	paths, err := tensorboard.Write(logdir, page.Rows, at)
	for _, p := range paths {
		fmt.Fprintln(out, p)
	}
	return err
}
