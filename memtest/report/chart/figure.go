package chart

// Figure is a few panels with one legend. SVG and PNG draw it for print, Inline
// inside of a page; Check says what is wrong with it.
type Figure struct {
	Name           string // of its files: letters, digits, hyphens
	Title, Caption string
	Panels         []Panel
}

// Panel is one plot of a figure: lines, or a histogram. Lines of one name look
// the same in all panels and share an entry of the legend.
type Panel struct {
	Title     string
	X, Y      Axis
	Series    []Line
	Histogram *Histogram // in place of lines
	Group     string     // panels of a group have one scale of Y, which holds 0; "" = its own
}

// Axis says how the values of one direction are spaced and named; evenly and as
// numbers where nothing is said.
type Axis struct {
	Label      string
	Log1p      bool      // spaced by the logarithm of 1 + value, for epochs: values of 0 and more
	Log        bool      // spaced by the logarithm, for widths: values above 0
	Categories []string  // names of the values 0, 1, 2 …; nil = numbers. X axis only
	Min, Max   *float64  // fixed ends, beyond which nothing is drawn; nil = from the data
	Ticks      []float64 // ascending; nil = round values. An X axis with ticks goes from the first to the last of them, and Y then holds 0
}

// Line is points with a line through them, in the order given.
type Line struct {
	Name      string
	X, Y      []float64 // of one length
	Low, High []float64 // ends of an interval around each Y, drawn as whiskers; nil = none
	Band      bool      // Low and High are the edges of an area, which need not hold Y
	Points    bool      // markers without a line: a scatter
	Reference bool      // drawn as chance is: muted, dashed, without markers. A single point is drawn across the whole panel
	Look      Look      // zero = that of the next line of a sequence, or of the next reference
}

// Histogram counts values. The label of the panel's Y axis says what is counted.
type Histogram struct {
	Of     string    // what the values are, in a sentence: accuracies
	Values []float64 // one or more
	Per    int       // the values are whole numbers divided by it, as accuracies are hits/n; a bin is a whole number of steps wide
	Marks  []Mark
}

// Mark is a vertical line in a histogram; where it lies far from all values, an
// arrow at the edge in place of it.
type Mark struct {
	Name  string
	Value float64
	Look  Look
	Aside string // what the arrow adds: "(12 sd)"
}
