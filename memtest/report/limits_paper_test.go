package report

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// The page's numbers on who generalizes are those of section 8 of docs/paper.md.
func TestWhoGeneralizesQuotesThePaper(t *testing.T) {
	text, err := os.ReadFile("../../docs/paper.md")
	if err != nil {
		t.Fatal(err)
	}
	paper := strings.NewReplacer(`\[`, "[", `\]`, "]").Replace(string(text))
	quoted := regexp.MustCompile(`[−+][0-9.]+ \[[^]]*\]`).FindAllString(whoGeneralizes, -1)
	if len(quoted) != 2 {
		t.Fatalf("the page quotes %q", quoted)
	}
	for i, row := range []string{"learning, ridge, σ = 0.3", "memorization, ridge, σ = 0.3"} {
		if line := regexp.MustCompile(`(?m)^\| ` + row + ` \|.*$`).FindString(paper); !strings.Contains(line, "| "+quoted[i]+" |") {
			t.Errorf("%s: the page says %s, the paper %s", row, quoted[i], line)
		}
	}
}
