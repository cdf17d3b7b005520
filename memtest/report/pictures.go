package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// Pictures is what a page shows besides its rows. It is kept in the folder of a
// run, so that drawing the page anew needs no data set.
type Pictures struct {
	Examples []Examples `json:"examples,omitempty"`
	Copies   *Copies    `json:"copies,omitempty"`
	ByChance *ByChance  `json:"by_chance,omitempty"` // nil = not known
}

// SavePictures keeps the pictures in the folder of a run.
func SavePictures(folder string, p Pictures) error {
	text, err := json.Marshal(p)
	if err == nil {
		text, err = result.Seal(text)
	}
	if err != nil {
		return fmt.Errorf("pictures: %w", err)
	}
	return atomicfile.WriteFile(filepath.Join(folder, rundir.PicturesFile), text)
}

// loadPictures reads what SavePictures kept; a run may have none.
func loadPictures(folder string) (Pictures, error) {
	path := filepath.Join(folder, rundir.PicturesFile)
	text, err := rundir.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Pictures{}, nil
	}
	if err != nil {
		return Pictures{}, err
	}
	var p Pictures
	err = result.CheckSeal(text)
	if err == nil {
		err = json.Unmarshal(text, &p)
	}
	if err != nil {
		return Pictures{}, result.Inputf("%s cannot be read (%v): go on with the run by --resume to draw the pictures again, or remove the file to draw the page without them", path, err)
	}
	return p, nil
}

// Copies shows what the levels of a perturbation look like and how near to their
// parents the copies are.
type Copies struct {
	Perturbation string      `json:"perturbation"`
	Unit         string      `json:"unit"`
	Levels       []CopyLevel `json:"levels"`
	Grid         []byte      `json:"grid,omitempty"` // PNG: a row an example, a column a level; none for data that are no images

	// Width and Height are those of one example in the grid, in pixels; 0 = not said, as
	// by an older memtest.
	Width  int `json:"width,omitempty"`
	Height int `json:"height,omitempty"`

	Form     *Form          `json:"form,omitempty"`     // of examples that are no pictures; nil = they are, or none are shown
	Examples []ShownExample `json:"examples,omitempty"` // of this form
}

// CopyLevel is how near copies at one level are to their parents.
type CopyLevel struct {
	Level float64 `json:"level"`
	// Ratio is the median of the distance to the parent over the parent's distance to
	// its nearest other example; nil where most parents have an equal one.
	Ratio *float64 `json:"ratio"`
	Kept  float64  `json:"kept"` // share of copies whose nearest training example is the parent
	Pool  int      `json:"pool"` // examples among which the nearest was sought
}

// gridScale is how many pixels wide a pixel of the grid is shown.
const gridScale = 2

func (c Copies) section() (document.Section, error) {
	s := document.Section{Name: "copies", Title: "The copies", Folded: true,
		Caption: "What a level means for these data. Below 1, a copy is nearer to its parent than the parent is to anything else; where the nearest example is no longer the parent, copies are no longer copies of anything in particular."}
	if len(c.Grid) > 0 {
		size, err := png.DecodeConfig(bytes.NewReader(c.Grid))
		if err != nil {
			return s, fmt.Errorf("the grid of copies is not a picture: %w", err)
		}
		s.Blocks = append(s.Blocks, document.Block{Image: &document.Image{
			Label: "Pictures of copies",
			Picture: document.Picture{PNG: c.Grid, Width: gridScale * size.Width, Height: gridScale * size.Height,
				Alt: "Rows are training examples, columns their copies at the levels" + c.levels()},
		}})
	}
	t := c.table()
	shown, err := c.Blocks()
	s.Caption = strings.TrimSpace(s.Caption + " " + c.Sentence())
	s.Blocks = append(append(s.Blocks, shown...), document.Block{Table: &t})
	return s, err
}

// tiles are the copies of the first example of the grid, each at its level; none where
// there is no grid, or its examples' size is not said.
func (c Copies) tiles() ([]document.Tile, error) {
	if len(c.Grid) == 0 || c.Width <= 0 || c.Height <= 0 {
		return nil, nil
	}
	grid, err := png.Decode(bytes.NewReader(c.Grid))
	if err != nil {
		return nil, fmt.Errorf("the grid of copies is not a picture: %w", err)
	}
	step := 0
	if n := len(c.Levels); n > 1 {
		step = (grid.Bounds().Dx() - c.Width) / (n - 1)
	}
	var all []document.Tile
	for i, l := range c.Levels {
		one := image.NewNRGBA(image.Rect(0, 0, c.Width, c.Height))
		draw.Draw(one, one.Bounds(), grid, grid.Bounds().Min.Add(image.Pt(i*step, 0)), draw.Src)
		data, err := encode(one)
		if err != nil {
			return nil, err
		}
		all = append(all, document.Tile{At: l.Level, Picture: document.Picture{PNG: data, Width: c.Width, Height: c.Height, Alt: "A copy at level " + number.Level(l.Level)}})
	}
	return all, nil
}

func (c Copies) levels() string {
	var s string
	for i, l := range c.Levels {
		if i > 0 {
			s += ","
		}
		s += " " + number.Level(l.Level)
	}
	return s
}

func (c Copies) table() document.Table {
	t := document.Table{Columns: []document.Column{
		{Name: word.Name(c.Perturbation), Unit: word.Name(c.Unit)},
		{Name: "distance to the parent", Unit: "1 = to its nearest other example"},
		{Name: "nearest is the parent", Unit: "share"},
		{Name: "sought among", Unit: "examples"},
	}}
	for _, l := range c.Levels {
		t.Rows = append(t.Rows, document.Row{Cells: []string{number.Level(l.Level), number.OrNone(l.Ratio, func(v float64) string { return number.Fixed(v, 2) }), number.Share(l.Kept), number.Count(l.Pool)}})
	}
	return t
}
