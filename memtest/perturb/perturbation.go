package perturb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets"
)

// Perturbation turns an example into a near-copy of itself.
type Perturbation interface {
	Name() string // as Parse reads it
	Unit() string // of its level
	// Check says, as one sentence, why a level or a shape cannot be had, or nil.
	Check(level float64, s datasets.Shape) error
	// At returns the function that makes copies at a level that Check accepts.
	At(level float64, s datasets.Shape) Copy
}

// Copy writes the near-copy of src into dst. Both are one example of the shape
// given to At, [RowSize] values, and do not overlap; src is not changed. Of a sequence
// the last value is its length, which a copy may shorten; later steps are padding. A
// Copy may keep scratch space, so one goroutine uses it at a time. What it draws from r
// does not depend on the level.
type Copy func(dst, src []float32, r *rand.Rand)

// Fitter is a perturbation that may have to see all examples before At: for the
// spread of each column, or for examples to mix in. Copies and Rows fit it to
// the examples that they are given; what Fit returns is fitted for good, so fit
// it yourself to use another set.
type Fitter interface {
	Perturbation
	Fit(set *datasets.Set) (Perturbation, error)
}

// Fitted is p fitted to a set, where it has to be.
func Fitted(p Perturbation, set *datasets.Set) (Perturbation, error) {
	if f, ok := p.(Fitter); ok {
		return f.Fit(set)
	}
	return p, nil
}

// Kind is a perturbation that All lists.
type Kind struct {
	name    string
	unit    string
	about   string                       // one line for people
	levels  []float64                    // a sweep to start with
	max     func(datasets.Shape) float64 // largest level that makes sense
	kinds   []datasets.Kind              // of examples that it copies; nil = all but tokens, value by value
	least   int                          // channels that it needs; 0 = any number
	moves   bool                         // what is at one pixel or step comes to another
	mixes   bool                         // it blends features, under each label set others: examples have no copies
	plain   string                       // unit for examples that are no pictures; "" = unit
	numbers bool                         // of a table with categories it changes the numbers alone
	at      maker
	fit     func(set *datasets.Set) (maker, error) // nil = at is ready
}

// maker makes the function At of a kind of perturbation.
type maker = func(level float64, s datasets.Shape) Copy

func (k Kind) Name() string { return k.name }
func (k Kind) Unit() string { return k.unit }

// About is one line that says what it does.
func (k Kind) About() string { return k.about }

// Levels is a sweep to start with, from 0 upwards: of lengths in pixels for pictures of
// about 28×28.
func (k Kind) Levels() []float64 { return slices.Clone(k.levels) }

// Max is the largest level for examples of this shape.
func (k Kind) Max(s datasets.Shape) float64 { return k.max(s) }

func (k Kind) Check(level float64, s datasets.Shape) error {
	if s.Size() <= 0 || s.Height < 0 || s.Width < 0 {
		return fmt.Errorf("perturbation %s: examples of shape %v hold no values", k.name, s)
	}
	if err := k.misfit(s); err != nil {
		return err
	}
	return checkLevel(k.name, UnitFor(k, s), level, k.max(s))
}

// misfit is the sentence for examples that it does not copy, or nil.
func (k Kind) misfit(s datasets.Shape) error {
	if k.takes(s) {
		return nil
	}
	needs := ""
	if k.least > 1 {
		needs = fmt.Sprintf(" of at least %d channels", k.least)
	}
	return fmt.Errorf("perturbation %s is for %s%s, but examples are %s, %v; choose one of %s", k.name, k.Of(), needs, s.KindOf(), s, strings.Join(namesFor(s), ", "))
}

func (k Kind) At(level float64, s datasets.Shape) Copy {
	if k.mixes {
		panic("perturb: " + k.name + " blends features: CheckExamples says so before At")
	}
	if k.at == nil {
		panic("perturb: " + k.name + " looks at all examples first: call Fit before At, or use Copies or Rows")
	}
	if s.Sequence() && k.kinds == nil {
		return withinLength(k.at(level, s), s)
	}
	return k.at(level, s)
}

// withinLength makes copies of the steps that a sequence has, value by value, and
// keeps its length.
func withinLength(inner Copy, s datasets.Shape) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		inner(dst[:n*s.Channels], src[:n*s.Channels], r)
		end(dst, n, s)
	}
}

// end makes n steps the length of a sequence, and zeros its padding.
func end(dst []float32, n int, s datasets.Shape) {
	clear(dst[n*s.Channels : s.Size()])
	dst[s.Size()] = float32(n)
}

func (k Kind) Fit(set *datasets.Set) (Perturbation, error) {
	if k.numbers && set.Columns != nil {
		columns, err := columnsOf(set)
		if err != nil {
			return nil, fmt.Errorf("perturbation %s: %w", k.name, err)
		}
		if err := noNumber(columns); err != nil {
			return nil, fmt.Errorf("perturbation %s: %w", k.name, err)
		}
		k.at, k.numbers = onNumbers(k.at, columns), false
	}
	if k.fit == nil {
		return k, nil
	}
	if s := set.Shape; len(set.X) == 0 || s.Size() <= 0 || len(set.X)%s.RowSize() != 0 {
		return nil, fmt.Errorf("perturbation %s: %d values are not rows of shape %v to look at", k.name, len(set.X), s)
	}
	if err := k.misfit(set.Shape); err != nil {
		return nil, err
	}
	if err := checkRows(set); err != nil {
		return nil, fmt.Errorf("perturbation %s: %w", k.name, err)
	}
	var err error
	if k.at, err = k.fit(set); err != nil {
		return nil, fmt.Errorf("perturbation %s: %w", k.name, err)
	}
	k.fit = nil
	return k, nil
}

// takes says whether it copies examples of this shape. Perturbations of images need
// neighbours along both axes.
func (k Kind) takes(s datasets.Shape) bool {
	switch {
	case k.mixes:
		return true
	case k.kinds == nil:
		return s.KindOf() != datasets.Tokens
	case s.Channels < k.least:
		return false
	}
	return slices.Contains(k.kinds, s.KindOf()) && (s.KindOf() != datasets.Image || s.Height > 1 && s.Width > 1)
}

// namesFor are the perturbations that copy examples of this shape.
func namesFor(s datasets.Shape) []string {
	var names []string
	for _, k := range All() {
		if k.takes(s) && !k.mixes {
			names = append(names, k.name)
		}
	}
	return names
}

// Of names what it copies, as in "images and tables".
func (k Kind) Of() string {
	if k.mixes {
		return "features"
	}
	kinds := k.kinds
	if kinds == nil {
		kinds = []datasets.Kind{datasets.Image, datasets.Table, datasets.Series}
	}
	return datasets.Plurals(kinds)
}

// What most kinds of perturbation copy is one kind of examples. Pixels need neighbours.
var (
	onlyImages = []datasets.Kind{datasets.Image}
	onlyTables = []datasets.Kind{datasets.Table}
	onlySeries = []datasets.Kind{datasets.Series}
	onlyTokens = []datasets.Kind{datasets.Tokens}
)

// UnitFor is the unit of a perturbation's level for examples of a shape: the values of
// tables and series are no pixels.
func UnitFor(p Perturbation, s datasets.Shape) string {
	if k, ok := p.(Kind); ok && k.plain != "" && (s.Height < 2 || s.Width < 2) {
		return k.plain
	}
	return p.Unit()
}

// Moves says whether a perturbation, by the name that Parse reads, moves what a picture
// shows to other pixels, or what stands in a sequence to other steps. How far values are
// from each other then says little of how alike two examples are: one that is moved by a
// pixel, or a text that lost its first word, may be nearer to another example.
func Moves(name string) bool {
	p, err := Parse(name)
	if err != nil {
		return false
	}
	switch p := p.(type) {
	case Kind:
		return p.moves
	case Composition:
		for _, part := range p.parts {
			if Moves(part.Name()) {
				return true
			}
		}
	}
	return false
}

// MovesPictures says whether a perturbation, by the name that Parse reads, moves what
// pictures show, and not what stands in series or texts.
func MovesPictures(name string) bool {
	p, err := Parse(name)
	return err == nil && Moves(name) && ofImages(p)
}

// ofImages says whether a perturbation copies images alone, as one does of which a part
// is for images.
func ofImages(p Perturbation) bool {
	switch p := p.(type) {
	case Kind:
		return slices.Equal(p.kinds, onlyImages)
	case Composition:
		return slices.ContainsFunc(p.parts, func(part Part) bool { return ofImages(part.Perturbation) })
	}
	return false
}

// MixesFeatures says whether a perturbation, by the name that Parse reads, blends the
// features of a layer, whose copies depend on the label set: see Partners. Nothing is sent
// through a network then.
func MixesFeatures(name string) bool { return name == mixClassName }

// CheckExamples says, as one sentence, why a perturbation makes no copies of examples, or nil
// where it does.
func CheckExamples(p Perturbation) error {
	if !MixesFeatures(p.Name()) {
		return nil
	}
	return fmt.Errorf("perturbation %s blends the features of a layer, with others under each label set, so examples have no copies that could be made or shown; choose another perturbation for them", p.Name())
}

// checkLevel refuses a level outside 0..max; NaN is outside.
func checkLevel(name, unit string, level, max float64) error {
	if level >= 0 && level <= max {
		return nil
	}
	return fmt.Errorf("perturbation %s: level %v is outside 0..%g (%s)", name, level, max, unit)
}

// upTo is a largest level that is the same for all shapes.
func upTo(level float64) func(datasets.Shape) float64 {
	return func(datasets.Shape) float64 { return level }
}

// longSide is the larger of height and width, in pixels.
func longSide(s datasets.Shape) float64 { return float64(max(s.Height, s.Width)) }
