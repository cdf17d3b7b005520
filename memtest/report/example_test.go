package report_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// measured is a row as memtest.Measure gives it, with few permutations.
func measured() []result.Row {
	return []result.Row{{
		Format: result.Format, Data: "mine", Network: "mlp", Role: features.Network, Seed: 1, Epoch: 20, Layer: "hidden1", Probe: "ridge",
		Perturbation: "gaussian", Level: 0.3, N: 200, Features: 64, Classes: 2, Permutations: 4,
		Observed: 0.9, NullMean: 0.625, NullSD: 0.02, Null: []float64{0.6, 0.62, 0.63, 0.65}, Chance: 0.5, Learning: 0.275, Memorization: 0.125,
		LearningP: 0.2, LearningPHigh: 0.6, MemorizationP: 0.005,
	}}
}

// Rows as a table for other programs.
func ExampleCSV() {
	var table bytes.Buffer
	if err := report.CSV(&table, measured()); err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(table.String()) {
		fmt.Println(strings.Join(strings.Split(line, ",")[:8], ","))
	}
	// Output:
	// data,network,role,seed,epoch,layer,probe,perturbation
	// mine,mlp,network,1,20,hidden1,ridge,gaussian
}

// Rows as a page of one file, which loads nothing; here its title.
func ExampleHTML() {
	var page bytes.Buffer
	if err := report.HTML(&page, report.Page{Title: "My network", Rows: measured()}); err != nil {
		fmt.Println(err)
		return
	}
	_, after, _ := strings.Cut(page.String(), "<title>")
	title, _, _ := strings.Cut(after, "</title>")
	fmt.Println(title)
	// Output: My network
}

// Rows as Markdown; here the first lines.
func ExampleMarkdown() {
	var page bytes.Buffer
	if err := report.Markdown(&page, report.Page{Title: "My network", Rows: measured()}); err != nil {
		fmt.Println(err)
		return
	}
	for i, line := range strings.Split(page.String(), "\n") {
		if i < 6 {
			fmt.Println(line)
		}
	}
	// Output:
	// # My network
	//
	// mine: 200 training examples, 2 classes, B = 4 permutations, seed 1.
	//
	// ## The verdict
}
