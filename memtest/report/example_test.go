package report_test

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
)

const rowsFile = "../../cmd/memtest/testdata/readme.jsonl"

// What a run measured, in words: the rows are those of the README's first run.
func ExampleConclusions() {
	file, err := os.Open(rowsFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	rows, _, err := result.ReadRows(file, rowsFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	sentences, err := report.Conclusions(rows)
	if err != nil {
		fmt.Println(err)
		return
	}
	verdict, _, _ := strings.Cut(sentences[0], ". ")
	for _, part := range strings.Split(verdict, "; ") {
		fmt.Println(part)
	}
	// Output:
	// Seen by the ridge probe at gaussian 0.3, mlp after epoch 20 (layer dense2) learned more than the untrained network, the raw input and the shuffled-label twin
	// it memorized more than the untrained network and the raw input, about as much as the shuffled-label twin
}

// Rows as a table for a spreadsheet: a line a row, the columns as in docs/rows.md.
func ExampleCSV() {
	file, err := os.Open(rowsFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer file.Close()
	rows, _, err := result.ReadRows(file, rowsFile)
	if err != nil {
		fmt.Println(err)
		return
	}
	var table strings.Builder
	if err := report.CSV(&table, rows); err != nil {
		fmt.Println(err)
		return
	}
	lines := bufio.NewScanner(strings.NewReader(table.String()))
	lines.Scan()
	fmt.Println(strings.Join(strings.Split(lines.Text(), ",")[:6], ", "))
	// Output: data, network, role, seed, epoch, layer
}
