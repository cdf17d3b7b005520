package main

import (
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/perm"
	"github.com/seed-1a417598/memtest/memtest/report/verdict"
)

// The pages that a person reads first, and the folder of what the tutorial saves and draws.
const (
	docs     = "../../docs"
	tutorial = docs + "/tutorial"
)

var guides = []string{"tutorial.md", "faq.md", "failure-signs.md"}

func readPage(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(docs, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var numberInText = regexp.MustCompile(`\d+(\.\d+)?`)

// masked is a text on one line, without its figures: the machine that measures may round
// otherwise.
func masked(text string) string {
	return numberInText.ReplaceAllString(strings.Join(strings.Fields(text), " "), "#")
}

// The tutorial shows what its command prints about each of its files, and the picture
// that the program draws.
func TestTutorialShowsWhatIsPrinted(t *testing.T) {
	for _, name := range []string{"learned", "wrong-labels", "mixed-up"} {
		folder := filepath.Join(t.TempDir(), name)
		code, stdout, stderr := command("probe", filepath.Join(tutorial, name+".npz"), "--probes", "ridge", "--quiet", "--out", folder)
		if code != exitDone {
			t.Fatal(stderr)
		}
		_, printed, _ := strings.Cut(stdout, "\n\n") // the line that says how many examples
		printed, _, _ = strings.Cut(printed, "\n\nWhat cannot be said")
		holdBlock(t, filepath.Join(docs, "tutorial.md"), name, printed, func(a, b string) bool { return masked(a) == masked(b) })
		holdFigure(t, folder, name+".svg")
	}
}

// holdFigure compares the first picture of a run with one of the tutorial's: the same
// text and shapes, and no number further than 3 from its own, which is little of 250 points.
func holdFigure(t *testing.T, folder, name string) {
	t.Helper()
	figures := filepath.Join(t.TempDir(), "figures")
	if code, _, stderr := command("report", folder, "--figures", figures); code != exitDone {
		t.Fatal(stderr)
	}
	drawn, err := os.ReadFile(filepath.Join(figures, "first-3.5in.svg"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(tutorial, name)
	if *update {
		if err := os.WriteFile(path, drawn, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if masked(string(kept)) != masked(string(drawn)) {
		t.Errorf("%s is not what the program draws (go test ./cmd/memtest -run Tutorial -update draws it anew)", name)
		return
	}
	was := numberInText.FindAllString(string(kept), -1)
	for i, now := range numberInText.FindAllString(string(drawn), -1) {
		a, errA := strconv.ParseFloat(was[i], 64)
		b, errB := strconv.ParseFloat(now, 64)
		if errA != nil || errB != nil || math.Abs(a-b) > 3 {
			t.Errorf("%s has %s where the program draws %s", name, was[i], now)
		}
	}
}

// The program of the tutorial is the one that made its files.
func TestTutorialHasItsProgram(t *testing.T) {
	program, err := os.ReadFile(filepath.Join(tutorial, "tutorial.py"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readPage(t, "tutorial.md"), "```python\n"+string(program)+"```\n") {
		t.Error("the program in tutorial.md is not docs/tutorial/tutorial.py")
	}
}

// What the tutorial explains, in bold, stands in what it shows: words and numbers of the
// first verdict, and lines of its picture.
func TestTutorialExplainsWhatItShows(t *testing.T) {
	page := readPage(t, "tutorial.md")
	_, verdict, _ := strings.Cut(page, "<!-- learned -->")
	verdict, words, _ := strings.Cut(verdict, "<!-- /learned -->")
	words, lines, _ := strings.Cut(words, "\n## ")
	lines, _, _ = strings.Cut(lines, "\n## ")
	picture := readPage(t, "tutorial/learned.svg")
	for _, c := range []struct{ explained, shown string }{{words, strings.Join(strings.Fields(verdict), " ")}, {lines, picture}} {
		found := explained.FindAllStringSubmatch(c.explained, -1)
		if len(found) < 6 {
			t.Errorf("only %d things are explained", len(found))
		}
		for _, f := range found {
			for _, part := range strings.Split(f[1], "…") {
				if !strings.Contains(c.shown, strings.TrimSpace(part)) {
					t.Errorf("%q is explained, and not shown", f[1])
				}
			}
		}
	}
}

// The table of decisions has a line for every verdict that there is, and no other.
func TestTutorialDecidesEveryVerdict(t *testing.T) {
	_, table, _ := strings.Cut(readPage(t, "tutorial.md"), "| the page says |")
	table, _, _ = strings.Cut(table, "\n\n")
	lines := map[string]bool{}
	for _, line := range strings.Split(table, "\n")[2:] {
		words, _, _ := strings.Cut(strings.TrimPrefix(line, "| **"), "**")
		lines[words] = true
	}
	verdicts := map[string]bool{}
	for _, words := range verdictWords() {
		words = strings.NewReplacer("Mostly learned", "Learned", "Partly learned", "Learned").Replace(words)
		if verdicts[words] = true; !lines[words] {
			t.Errorf("the table of decisions lacks %q", words)
		}
	}
	for words := range lines {
		if !verdicts[words] {
			t.Errorf("the table of decisions has %q, which no verdict says", words)
		}
	}
}

// verdictWords are the words of every verdict.
func verdictWords() (all []string) {
	twins := []*perm.Standing{nil}
	for s := perm.NotShown; s <= perm.Same; s++ {
		twins = append(twins, &s)
	}
	for bits := range 1 << 9 {
		on := func(i int) bool { return bits>>i&1 == 1 }
		for fit := verdict.FitBoth; fit <= verdict.UnfitLevel; fit++ {
			for fresh := verdict.NotKnown; fresh <= verdict.Contradicts; fresh++ {
				for _, twin := range twins {
					words := verdict.Of(verdict.Facts{Doubtful: on(0), Fit: fit, Untrained: on(1), Lost: on(8), Learns: on(2), TooFewSets: on(3), FitsAnything: on(4), OneClass: on(5),
						Twin: twin, MostOfIt: on(6), Fresh: fresh, InPart: on(7), KnowsTraining: on(6)}).Words()
					if !slices.Contains(all, words) {
						all = append(all, words)
					}
				}
			}
		}
	}
	return all
}

var (
	explained = regexp.MustCompile(`\*\*([^*]+)\*\*`)
	heading   = regexp.MustCompile(`(?m)^#+ (.+)$`)
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)|src="([^"]+)"`)
	typed     = regexp.MustCompile(`(?m)^memtest ([a-z]+).*$`)
	flagTyped = regexp.MustCompile(`--[a-z][a-z-]+`)
	notInSlug = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// Links of these pages and of README lead somewhere.
func TestGuidesLinkToWhatIsThere(t *testing.T) {
	for _, name := range append([]string{"../README.md", "method.md", "python.md"}, guides...) {
		for _, found := range link.FindAllStringSubmatch(readPage(t, name), -1) {
			target := found[1] + found[2]
			if strings.Contains(target, "://") {
				continue
			}
			file, anchor, _ := strings.Cut(target, "#")
			at := filepath.Join(filepath.Dir(name), file)
			if file == "" {
				at = name
			}
			if _, err := os.Stat(filepath.Join(docs, at)); err != nil {
				t.Errorf("%s: the link %s leads nowhere", name, target)
			} else if anchor != "" && !slices.Contains(anchors(readPage(t, at)), anchor) {
				t.Errorf("%s: the link %s leads to no heading", name, target)
			}
		}
	}
}

// anchors are what links name the headings of a page by.
func anchors(page string) (all []string) {
	for _, h := range heading.FindAllStringSubmatch(page, -1) {
		all = append(all, strings.ReplaceAll(notInSlug.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return all
}

// Commands that these pages name are there, and have the flags that they are typed with.
func TestGuidesTypeWhatIsThere(t *testing.T) {
	var all strings.Builder
	help := map[string]string{}
	for _, name := range []string{"run", "probe", "onnx", "compare", "plan", "report", "levels"} {
		_, help[name], _ = command(name, "--help")
		all.WriteString(help[name])
	}
	for _, name := range guides {
		page := readPage(t, name)
		for _, line := range typed.FindAllStringSubmatch(page, -1) {
			for _, f := range flagTyped.FindAllString(line[0], -1) {
				if !strings.Contains(help[line[1]], f+" ") {
					t.Errorf("%s: %s has no flag %s", name, line[0], f)
				}
			}
		}
		for _, f := range flagTyped.FindAllString(page, -1) {
			if !strings.Contains(all.String(), f+" ") {
				t.Errorf("%s: no command has a flag %s", name, f)
			}
		}
	}
}
