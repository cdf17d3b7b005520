package report_test

import (
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
	// it memorized more than the untrained network, less than the raw input and the shuffled-label twin
}
