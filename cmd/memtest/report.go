package main

import (
	"crypto/sha256"
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
	var open bool
	cmd := &cobra.Command{
		Use:   "report DIR",
		Short: "Draw the pages of a run anew from its rows; trains nothing",
		Long:  "report writes report.html, report.md and rows.csv of a run's folder again from its rows, as after an upgrade of memtest. It trains and measures nothing.",
		Example: "  memtest report runs/mine\n" +
			"  memtest report runs/mine --figures figures --tensorboard logs",
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			page, err := pageOf(args[0])
			if err != nil {
				return err
			}
			asOthersMeasure(page, args[0])
			for _, s := range page.Notes.Sentences() {
				fmt.Fprintln(plain{c.ErrOrStderr()}, s)
			}
			if figures != "" { // first, so that a wrong place is known before anything is written
				if err := os.MkdirAll(figures, 0o777); err != nil {
					return usage(fmt.Errorf("--figures: the folder %s cannot be made (%w); give another one", figures, err))
				}
			}
			if err := report.Write(args[0], page); err != nil {
				return err
			}
			written := filepath.Join(args[0], rundir.ReportFile)
			fmt.Fprintf(c.OutOrStdout(), "%s is written\n", written)
			if open {
				openPage(written, c.ErrOrStderr())
			}
			if logdir != "" {
				if err := writeTensorBoard(c.OutOrStdout(), logdir, args[0], page); err != nil {
					return err
				}
			}
			if figures == "" {
				return nil
			}
			paths, err := report.WriteFigures(figures, page.Rows)
			for _, p := range paths {
				fmt.Fprintln(c.OutOrStdout(), p)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&figures, "figures", "", "also write every plot into `DIR`, as SVG and PNG at 3.5 and 7 inches; replaces only plots that it wrote there and nobody changed")
	cmd.Flags().StringVar(&logdir, "tensorboard", "", "also write learning and memorization over epochs below `DIR`, for tensorboard --logdir")
	cmd.Flags().BoolVar(&open, "open", false, "open the page in a browser")
	return cmd
}

// writeTensorBoard writes the rows for TensorBoard, at the time at which the run was
// finished, so that writing them again changes nothing.
func writeTensorBoard(out io.Writer, logdir, folder string, page report.Page) error {
	name, err := nameForTensorBoard(folder, page)
	if err != nil {
		return err
	}
	at := time.Unix(0, 0)
	if m := page.Manifest; m != nil {
		at = m.Started
		if m.Finished != nil {
			at = *m.Finished
		}
	}
	paths, err := tensorboard.Write(logdir, name, page.Rows, at)
	for _, p := range paths {
		fmt.Fprintln(out, p)
	}
	return err
}

// nameForTensorBoard is the name of a run's folder, with some digits that tell it
// from a folder of the same name elsewhere: they stand for the moment at which the
// run began.
func nameForTensorBoard(folder string, page report.Page) (string, error) {
	path, err := filepath.Abs(folder)
	if err != nil {
		return "", err
	}
	began := page.Config // of a run that does not say when
	if m := page.Manifest; m != nil {
		began = fmt.Append(nil, m.Started.UnixNano())
	}
	sum := sha256.Sum256(began)
	return fmt.Sprintf("%s-%x", filepath.Base(path), sum[:4]), nil
}
