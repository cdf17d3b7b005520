package main

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/seed-1a417598/memtest/datasets"
)

// downloads returns a listener that shows the progress of downloads: a bar with
// the time left where the terminal has bars, a line now and then elsewhere, nothing in CI.
func downloads(out io.Writer) func(datasets.Progress) {
	var bar *progressbar.ProgressBar
	var file string
	spoke := time.Now()
	return func(p datasets.Progress) {
		if inCI() {
			return
		}
		if showsBars(out) {
			if bar == nil || file != p.File {
				file = p.File
				bar = progressbar.NewOptions64(p.Total, progressbar.OptionSetWriter(out), progressbar.OptionShowBytes(true), progressbar.OptionFullWidth(),
					progressbar.OptionClearOnFinish(), progressbar.OptionSetPredictTime(true), progressbar.OptionSetDescription(p.Set+", "+p.File))
			}
			_ = bar.Set64(p.Done) // it fails only above the total
			return
		}
		if now := time.Now(); now.Sub(spoke) >= quietFor {
			spoke = now
			fmt.Fprintf(out, "%s, %s from %s: %d of %d MB\n", p.Set, p.File, p.From, p.Done>>20, p.Total>>20)
		}
	}
}
