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
	for _, sentence := range strings.SplitAfter(sentences[0], ". ")[:3] {
		fmt.Println(strings.TrimSpace(sentence))
	}
	// Output:
	// Mostly learned, and it generalizes.
	// The ridge probe on dense2 gives 84% of the near-copies their class back and 17% a shuffled label; a twin that could only memorize reaches 33%.
	// On new images the network itself is right in 85%.
}
