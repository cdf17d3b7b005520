package document

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// Block is one of its fields; the others are left at zero.
type Block struct {
	Heading string // of what follows
	Text    string // a paragraph
	List    []string
	Limits  []string // a list of what cannot be said
	Quote   string   // words of others; an empty line parts paragraphs
	Code    string   // lines as they are
	File    *File
	Verdict *Verdict
	Finding *Finding
	Terms   []Term
	Facts   []Fact
	Notes   []Note
	Grid    *Grid
	Table   *Table
	Figure  *chart.Figure
	Plots   *chart.Figure // a figure whose title and caption are those of the section
	Image   *Image        // HTML only
	Gallery *Gallery      // HTML only
	Curves  *Curves
	Fold    *Fold
	Beside  *Beside
	Strip   *Strip
}

// Verdict says whether a claim holds.
type Verdict struct {
	Holds Holding
	Text  string
}

// Holding is how far a claim holds. Its zero value is none of the three, so
// that a verdict which nobody gave is an error.
type Holding int

// What a verdict can say.
const (
	HoldsYes Holding = iota + 1
	HoldsPart
	HoldsNot
)

var holdings = map[Holding]string{HoldsYes: "holds", HoldsPart: "holds in part", HoldsNot: "does not hold here"}

// String is the label that a reader sees.
func (h Holding) String() string {
	if s, ok := holdings[h]; ok {
		return s
	}
	return fmt.Sprintf("Holding(%d)", int(h))
}

// Finding is what a document comes to: a title in fixed words, sentences that stand
// out, and the points behind them. Words are explained where the sentences first use
// them, by hovering, and in a line below.
type Finding struct {
	Title  string // without a full stop
	Lead   []string
	Points []string
	Words  []Term
}

// Beside is two columns where there is room, else one above the other.
type Beside struct{ Left, Right []Block }

// Strip is a figure with pictures below its X axis, each at a value of X, which show
// what that value means. Text and Markdown leave the pictures out.
type Strip struct {
	Figure chart.Figure
	Tiles  []Tile
}

// Tile is a picture at a value of X.
type Tile struct {
	At   float64
	Read bool // the value is the one that the document reads
	Picture
}

// Term is a word with its explanation.
type Term struct{ Name, Text string }

// Fact is something that is known by name, as a version.
type Fact struct {
	Name, Value string
	Code        bool // the value is for a machine
}

// Note is a remark on something: what it means, where it was seen, and words of
// its own on it.
type Note struct{ Lead, Text, Details string }

// File is a text that was read from a file, as a configuration.
type File struct{ Label, Text string }

// Limits of a file that is shown: characters of a line, and lines.
const (
	longestFileLine = 300
	mostFileLines   = 2000
)

// text is the file for people, its line breaks kept and the rest of what is long
// left out.
func (f File) text() string {
	lines := strings.Split(strings.TrimSpace(f.Text), "\n")
	for i := range lines {
		lines[i] = word.Cut(word.Plain(strings.TrimRight(strings.ReplaceAll(lines[i], "\t", "  "), "\r")), longestFileLine)
	}
	return strings.Join(lines[:min(len(lines), mostFileLines)], "\n")
}

// Fold is what a reader sees only after asking for it. Text and Markdown, which
// cannot fold, give it a heading.
type Fold struct {
	Summary string
	Blocks  []Block
}

// Image is a picture whose pixels a reader should see. It scrolls where it is
// wide.
type Image struct {
	Label string
	Picture
}

// Picture is a PNG file and the size in pixels at which it is shown.
type Picture struct {
	PNG           []byte
	Width, Height int
	Alt           string // for those who cannot see it
}

// Gallery is pairs of small pictures.
type Gallery struct {
	Title string
	Pairs []Pair
}

// Pair is two pictures of one thing, with its name, a value and a number of its
// own below.
type Pair struct {
	Left, Right           Picture
	Name, Value, Identity string
}
