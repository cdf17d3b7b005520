package report

import (
	"fmt"
	"math"
	"slices"
	"sort"
	"strings"

	"gonum.org/v1/gonum/stat"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Names of the figures.
const (
	FigureEpochs     = "epochs"     // learning and memorization over epochs
	FigureLevels     = "levels"     // observed, null and chance over levels
	FigureReferences = "references" // learning and memorization beside the references, over levels
	FigureLayers     = "layers"     // observed, null and chance over levels, a panel for each layer
	FigureNull       = "null"       // histograms of the null distribution
)

// Figure is one figure of a report: a few panels with one legend. SVG and PNG
// write it.
type Figure struct {
	Name    string // one of the Figure… names, or that of a Plot
	Title   string
	Caption string

	panels []panel
	legend []entry
}

// entry is a line of a legend.
type entry struct {
	Name   string
	look   look
	band   bool
	bars   bool
	points bool // markers without a line
}

// panel is one plot as data.
type panel struct {
	title          string
	x, y           axis
	series         []series
	bins           []bin   // a histogram in place of series
	marks          []mark  // vertical lines in a histogram
	beside         []mark  // values of marks that lie outside of the axis
	histogramWidth float64 // of a bin

	free   bool                 // the axes go from min to max, whatever ticks and data do
	apart  bool                 // series are moved sideways a little, so that none hides another
	listed bool                 // the numbers are listed by series, because an X does not tell a point
	value  func(float64) string // writes Y values; nil = share
}

type axis struct {
	label    string
	min, max float64
	ticks    []float64 // nil = the plot library's choice
	log1p    bool
	log      bool
	names    []string // of the values 0, 1, 2 …; nil = numbers
	labels   []string // of the ticks; nil = made from the values

	write func(float64) string // in words and tables; nil = all digits
}

// series is a line with markers, perhaps inside a band or with whiskers.
type series struct {
	entry
	x, y      []float64
	low, high []float64 // nil = neither band nor whiskers
	reference bool      // of a plot: a muted line, never moved sideways
	across    bool      // one value, drawn from end to end
}

type bin struct {
	low, high float64
	count     int
}

type mark struct {
	entry
	value float64
	note  string
}

// Figures are those that the rows give, in reading order. A figure for which
// there are no rows, as that over epochs where there is no network, is left
// out.
func Figures(rows []result.Row) ([]Figure, error) {
	v, err := newView(rows)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNoRows
	}
	return v.figures(), nil
}

func (v *view) figures() []Figure {
	var all []Figure
	for _, f := range []Figure{v.overEpochs(), v.overLevels(), v.besideReferences(), v.overLayers(), v.nullHistograms()} {
		if len(f.panels) == 0 {
			continue
		}
		switch n := len(v.seeds); {
		case n > 1 && f.Name == FigureNull:
			f.Caption += fmt.Sprintf(" Of the %d seeds the first is shown.", n)
		case n > 2:
			f.Caption += fmt.Sprintf(" Lines are means over %d seeds, whiskers the 95%% interval of the mean.", n)
		case n == 2:
			f.Caption += " Lines are means over two seeds, whiskers reach to each."
		}
		all = append(all, f)
	}
	return all
}

// each calls f for every network under test as every probe sees it.
func (v *view) each(f func(s setting, name string)) {
	for _, perturbation := range v.perturbations {
		for _, network := range v.subjects() {
			for _, probe := range v.probes {
				s, ok := v.subject(network, probe, perturbation)
				if !ok {
					continue
				}
				name := clean(probe)
				if len(v.subjects()) > 1 {
					name = clean(network.network) + ", " + name
				}
				if len(v.perturbations) > 1 {
					name += ", " + clean(perturbation)
				}
				f(s, name)
			}
		}
	}
}

// pairs is the two quantities that most figures show.
var pairs = []struct {
	name string
	of   func(result.Row) float64
}{{"learning", learning}, {"memorization", memorization}}

func (v *view) overEpochs() Figure {
	f := Figure{Name: FigureEpochs, Title: "Learning and memorization over epochs",
		Caption: "A line for each level; epoch 0 is the network before training. The distance between epochs is that of log(1 + epoch). Read a rise against epoch 0, not against zero."}
	v.each(func(s setting, name string) {
		var epochs []float64
		for _, e := range v.epochs(s.network) {
			if e >= 0 {
				epochs = append(epochs, float64(e))
			}
		}
		if len(epochs) == 0 {
			return
		}
		for _, q := range pairs {
			p := panel{title: q.name + ", " + name, x: axis{label: "epoch", ticks: epochs, log1p: true}, y: axis{label: q.name + " (share)"}}
			for i, c := range v.cells[s] {
				line := series{entry: entry{Name: "level " + number(c.level), look: lookOf(i)}}
				for _, e := range epochs {
					o := s
					o.epoch = int(e)
					if at, ok := v.at(o, c.level); ok {
						line.add(e, at.over(q.of))
					}
				}
				p.series = append(p.series, line.trim())
			}
			f.add(p)
		}
	})
	f.shareAxes(func(p panel) string { word, _, _ := strings.Cut(p.title, ","); return word })
	return f
}

// add appends a point, with the spread over seeds where there are several.
func (s *series) add(x float64, y spread) {
	s.x, s.y, s.low, s.high = append(s.x, x), append(s.y, y.mean), append(s.low, y.low), append(s.high, y.high)
}

// trim takes away whiskers that have no length anywhere.
func (s series) trim() series {
	if slices.Equal(s.low, s.y) && slices.Equal(s.high, s.y) {
		s.low, s.high = nil, nil
	}
	return s
}

func (v *view) overLevels() Figure {
	f := Figure{Name: FigureLevels, Title: "Observed, null and chance over levels",
		Caption: "The band holds the middle 95% of the null. Learning is the distance from observed to null, memorization that from null to chance. Both ends of a curve tell nothing: at level 0 a copy is its parent, and far out nothing of it is left."}
	v.each(func(s setting, name string) {
		f.add(v.levelsPanel(s, name))
	})
	return f
}

func (v *view) levelsPanel(s setting, name string) panel {
	p := panel{title: name + ": " + s.short(), x: v.levelAxis(s), y: v.metricAxis()}
	o := series{entry: entry{Name: "observed", look: lookObserved}}
	null := series{entry: entry{Name: "null, with its 95% band", look: lookNull, band: true}}
	c := series{entry: entry{Name: "chance", look: lookChance}}
	fresh := series{entry: entry{Name: "fresh examples", look: lookFresh}}
	for _, at := range v.cells[s] {
		o.add(at.level, at.over(observed))
		band := at.band()
		null.add(at.level, band)
		c.add(at.level, at.over(chance))
		if y := at.fresh(); y != nil {
			fresh.add(at.level, spread{*y, *y, *y, 1})
		}
	}
	c.low, c.high = nil, nil
	p.series = []series{o.trim(), null, c}
	if len(fresh.x) > 0 {
		p.series = append(p.series, fresh.trim())
	}
	return p
}

// short names a setting in the title of a panel.
func (s setting) short() string {
	if s.epoch == result.EpochNone {
		return clean(s.layer)
	}
	return fmt.Sprintf("%s, epoch %d", clean(s.layer), s.epoch)
}

// band is the mean of the null and the quantiles 0.025 and 0.975 of T_b, over
// all seeds; mean ± 1.96 sd where a row does not hold its T_b.
func (c cell) band() spread {
	var all []float64
	for _, r := range c.rows {
		all = append(all, r.Null...)
	}
	m, sd := c.mean(nullMean), c.mean(nullSD)
	if len(all) == 0 {
		return spread{m, max(0, m-1.96*sd), min(1, m+1.96*sd), len(c.rows)}
	}
	slices.Sort(all)
	return spread{m, stat.Quantile(0.025, stat.Empirical, all, nil), stat.Quantile(0.975, stat.Empirical, all, nil), len(c.rows)}
}

func (v *view) levelAxis(s setting) axis {
	a := axis{label: clean(s.perturbation) + " level"}
	if u := v.unit(s.perturbation); u != "" {
		a.label += " (" + u + ")"
	}
	for _, c := range v.cells[s] {
		a.ticks = append(a.ticks, c.level)
	}
	return a
}

func (v *view) besideReferences() Figure {
	f := Figure{Name: FigureReferences, Title: "Beside the references",
		Caption: "The same layer before training, the raw input, and the twin trained on shuffled labels, which can only memorize. What a network learned is its distance from these, not its height."}
	v.each(func(s setting, name string) {
		refs := v.references(s)
		if len(refs) == 0 {
			return
		}
		for _, q := range pairs {
			p := panel{title: q.name + ", " + name, x: v.levelAxis(s), y: axis{label: q.name + " (share)"}}
			p.series = append(p.series, v.curve(s, clean(s.network)+" "+s.after(), lookObserved, q.of))
			for _, r := range refs {
				look := lookUntrained
				switch r.role {
				case features.Input:
					look = lookInput
				case features.Twin:
					look = lookTwin
				}
				p.series = append(p.series, v.curve(r.setting, strings.TrimPrefix(r.name, "the "), look, q.of))
			}
			f.add(p)
		}
	})
	f.shareAxes(func(p panel) string { word, _, _ := strings.Cut(p.title, ","); return word })
	return f
}

func (s setting) after() string {
	if s.epoch == result.EpochNone {
		return "as given"
	}
	return fmt.Sprintf("after epoch %d", s.epoch)
}

// curve is a quantity over the levels of a setting.
func (v *view) curve(s setting, name string, l look, f func(result.Row) float64) series {
	line := series{entry: entry{Name: name, look: l}}
	for _, c := range v.cells[s] {
		line.add(c.level, c.over(f))
	}
	return line.trim()
}

func (v *view) overLayers() Figure {
	f := Figure{Name: FigureLayers, Title: "Layer by layer",
		Caption: "The same curves at every layer of the network, on one scale: deeper layers come later."}
	v.each(func(s setting, name string) {
		layers := v.layersOf(s.network)
		if len(layers) < 2 {
			return
		}
		for _, layer := range layers {
			o := s
			o.layer = layer
			if len(v.cells[o]) > 0 {
				f.add(v.levelsPanel(o, name))
			}
		}
	})
	return f
}

// mostHistograms is how many panels of histograms are drawn; with more cells
// than that, only those at the headline's level are.
const mostHistograms = 9

func (v *view) nullHistograms() Figure {
	f := Figure{Name: FigureNull, Title: "The null distribution",
		Caption: "Accuracies with shuffled labels, one count a permutation. Where the observed accuracy or chance lies beyond the axis, an arrow says how far."}
	total := 0
	v.each(func(s setting, _ string) { total += len(v.cells[s]) })
	v.each(func(s setting, name string) {
		cells := v.cells[s]
		if total > mostHistograms {
			cells = []cell{v.headline(s)}
		}
		for _, c := range cells {
			// One seed's distribution, the first's: several together would be a
			// mixture that no test used.
			if r := c.rows[0]; len(r.Null) > 1 {
				f.add(histogram(r, fmt.Sprintf("%s, level %s", name, number(c.level))))
			}
		}
	})
	return f
}

// histogram bins the T_b of a row. The accuracies are hits/n, so a bin is a whole
// number of hits wide.
func histogram(r result.Row, title string) panel {
	p := panel{title: title, x: axis{label: metricName(r) + " with shuffled labels" + metricUnit(r)}, y: axis{label: "permutations"}}
	low, high := slices.Min(r.Null), slices.Max(r.Null)
	// About √B bins, and never more than 24.
	bins := min(24, int(math.Ceil(math.Sqrt(float64(len(r.Null))))))
	step := math.Max(1, math.Ceil((high-low)*float64(r.N)/float64(bins))) / float64(r.N)
	start := low - step/2
	for e := start; e < high+step/2 || len(p.bins) == 0; e += step {
		p.bins = append(p.bins, bin{low: e, high: e + step})
	}
	for p.bins[len(p.bins)-1].low > high {
		p.bins = p.bins[:len(p.bins)-1]
	}
	for _, x := range r.Null {
		i := min(max(int((x-start)/step), 0), len(p.bins)-1)
		p.bins[i].count++
	}
	p.histogramWidth = step
	p.x.min, p.x.max = p.bins[0].low, p.bins[len(p.bins)-1].high
	for _, m := range []mark{
		{entry{Name: "observed", look: lookObserved}, r.Observed, ""},
		{entry{Name: "chance", look: lookChance}, r.Chance, ""},
	} {
		width := p.x.max - p.x.min
		switch {
		case m.value > high+0.6*width || m.value < low-0.6*width:
			m.note = m.entry.Name + " " + share(m.value)
			if r.NullSD > 0 {
				m.note += fmt.Sprintf(" (%.0f sd)", math.Abs(m.value-r.NullMean)/r.NullSD)
			}
			if m.value > high {
				m.note += " →"
			} else {
				m.note = "← " + m.note
			}
			p.beside = append(p.beside, m)
		default:
			p.marks = append(p.marks, m)
		}
	}
	for _, m := range p.marks {
		p.x.min, p.x.max = math.Min(p.x.min, m.value-step), math.Max(p.x.max, m.value+step)
	}
	return p
}

// add appends a panel and takes its series into the legend.
func (f *Figure) add(p panel) {
	put := func(e entry) {
		if !slices.ContainsFunc(f.legend, func(o entry) bool { return o.Name == e.Name }) {
			f.legend = append(f.legend, e)
		}
	}
	for _, s := range p.series {
		put(s.entry)
	}
	if len(p.bins) > 0 {
		put(entry{Name: "permutations", look: lookNull, bars: true})
	}
	for _, m := range append(slices.Clone(p.marks), p.beside...) {
		put(m.entry)
	}
	if p.y.min == p.y.max && len(p.bins) == 0 {
		p.y.min, p.y.max = math.Inf(1), math.Inf(-1)
		for _, s := range p.series {
			for _, ys := range [][]float64{s.y, s.low, s.high} {
				for _, y := range ys {
					p.y.min, p.y.max = math.Min(p.y.min, y), math.Max(p.y.max, y)
				}
			}
		}
		p.y.min, p.y.max = math.Min(p.y.min, 0), math.Max(p.y.max, 0.01)
	}
	f.panels = append(f.panels, p)
}

// shareAxes gives panels of one kind one scale, so that they can be compared.
func (f *Figure) shareAxes(kind func(panel) string) {
	type limits struct{ min, max float64 }
	of := map[string]limits{}
	for _, p := range f.panels {
		l, ok := of[kind(p)]
		if !ok {
			l = limits{p.y.min, p.y.max}
		}
		of[kind(p)] = limits{math.Min(l.min, p.y.min), math.Max(l.max, p.y.max)}
	}
	for i := range f.panels {
		l := of[kind(f.panels[i])]
		a := &f.panels[i].y
		a.ticks = ticks(l.min, l.max)
		a.min, a.max = l.min, a.ticks[len(a.ticks)-1]
		if a.ticks[0] < a.min { // a little below 0
			a.ticks = a.ticks[1:]
		}
	}
}

// ticks are round values that enclose low..high: four to eight of them.
func ticks(low, high float64) []float64 {
	span := high - low
	step := math.Pow(10, math.Floor(math.Log10(span)))
	for _, part := range []float64{0.1, 0.2, 0.25, 0.5, 1} {
		if span/(step*part) <= 6 {
			step *= part
			break
		}
	}
	var all []float64
	for i := math.Floor(low/step + 1e-9); ; i++ {
		all = append(all, i*step)
		if i*step >= high-1e-9*step {
			return all
		}
	}
}

// describe says a panel in words, for those who cannot see it.
func (p panel) describe() string {
	var b strings.Builder
	if len(p.bins) > 0 {
		total := 0
		for _, x := range p.bins {
			total += x.count
		}
		fmt.Fprintf(&b, "Histogram, %s: %d permutations with accuracies from %s to %s.", p.title, total, share(p.bins[0].low), share(p.bins[len(p.bins)-1].high))
		for _, m := range append(slices.Clone(p.marks), p.beside...) {
			fmt.Fprintf(&b, " %s %s.", m.entry.Name, share(m.value))
		}
		return b.String()
	}
	kind := "Line plot"
	if !slices.ContainsFunc(p.series, func(s series) bool { return !s.points && !s.reference }) {
		kind = "Scatter plot"
	}
	fmt.Fprintf(&b, "%s, %s: %s over %s.", kind, p.title, p.y.label, p.x.label)
	for _, s := range p.series {
		fmt.Fprintf(&b, " %s:", s.entry.Name)
		for i := range s.x {
			if i > 0 {
				b.WriteString(",")
			}
			b.WriteString(" " + p.written(s.y[i]))
			if !s.across {
				b.WriteString(" at " + p.x.name(s.x[i]))
			}
		}
		b.WriteString(".")
	}
	return b.String()
}

func (p panel) written(v float64) string {
	if p.value != nil {
		return p.value(v)
	}
	return share(v)
}

// cell is point i of a series with its interval.
func (p panel) cell(s series, i int) string {
	text := p.written(s.y[i])
	if s.low != nil {
		text += fmt.Sprintf(" (%s to %s)", p.written(s.low[i]), p.written(s.high[i]))
	}
	return strings.ReplaceAll(text, "-", "−")
}

// data is a panel's numbers as a table.
func (p panel) data() table {
	t := table{Title: p.title}
	if len(p.bins) > 0 {
		t.Columns = []column{{"from", "share", false}, {"to", "share", false}, {"permutations", "", false}}
		digits := 4
		if p.histogramWidth < 0.0005 {
			digits = 5
		}
		for _, x := range p.bins {
			t.Lines = append(t.Lines, line{Cells: []string{fmt.Sprintf("%.*f", digits, x.low), fmt.Sprintf("%.*f", digits, x.high), count(x.count)}})
		}
		for _, m := range append(slices.Clone(p.marks), p.beside...) {
			t.Lines = append(t.Lines, line{Cells: []string{m.entry.Name, share(m.value), ""}})
		}
		return t
	}
	if p.listed {
		t.Columns = []column{{"", "", true}, {p.x.label, "", p.x.names != nil}, {p.y.label, "", false}}
		for _, s := range p.series {
			for i := range s.x {
				x := p.x.name(s.x[i])
				if s.across {
					x = none
				}
				t.Lines = append(t.Lines, line{First: i == 0, Reference: s.reference, Cells: []string{s.entry.Name, x, p.cell(s, i)}})
			}
		}
		return t
	}
	t.Columns = []column{{p.x.label, "", p.x.names != nil}}
	var xs []float64
	for _, s := range p.series {
		t.Columns = append(t.Columns, column{s.entry.Name, "", false})
		for _, x := range s.x {
			if !s.across {
				xs = once(xs, x)
			}
		}
	}
	sort.Float64s(xs)
	for _, x := range xs {
		cells := []string{p.x.name(x)}
		for _, s := range p.series {
			text := none
			if i := slices.Index(s.x, x); i >= 0 {
				text = p.cell(s, i)
			} else if s.across {
				text = p.cell(s, 0)
			}
			cells = append(cells, text)
		}
		t.Lines = append(t.Lines, line{Cells: cells})
	}
	return t
}

// metricAxis is the axis of observed and null.
func (v *view) metricAxis() axis {
	r := v.rows[0]
	a := axis{label: metricName(r) + metricUnit(r)}
	if r.Metric != "log-loss" {
		a.min, a.max, a.ticks = 0, 1, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}
	}
	return a
}

// metricName is what observed and null measure.
func metricName(r result.Row) string {
	switch r.Metric {
	case "":
		return "accuracy"
	case "balanced":
		return "balanced accuracy"
	}
	return clean(r.Metric)
}

func metricUnit(r result.Row) string {
	switch r.Metric {
	case "", "balanced":
		return " (share)"
	case "log-loss":
		return " (mean log probability)"
	}
	return ""
}
