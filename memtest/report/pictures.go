package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// Pictures is what a page shows besides its rows. It is kept in the folder of a
// run, so that drawing the page anew needs no data set.
type Pictures struct {
	Examples []Examples `json:"examples,omitempty"`
	Copies   *Copies    `json:"copies,omitempty"`
}

// Copies shows what the levels of a perturbation look like and how near to their
// parents the copies are.
type Copies struct {
	Perturbation string      `json:"perturbation"`
	Unit         string      `json:"unit"`
	Levels       []CopyLevel `json:"levels"`
	Grid         []byte      `json:"grid,omitempty"` // PNG: a row an example, a column a level; none for data that are no images
}

// CopyLevel is how near copies at one level are to their parents.
type CopyLevel struct {
	Level float64 `json:"level"`
	Ratio float64 `json:"ratio"` // median of the distance to the parent over the parent's distance to its nearest other example
	Kept  float64 `json:"kept"`  // share of copies whose nearest training example is the parent
	Pool  int     `json:"pool"`  // examples among which the nearest was sought
}

// SavePictures keeps the pictures in the folder of a run.
func SavePictures(folder string, p Pictures) error {
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("pictures: %w", err)
	}
	return atomicfile.WriteFile(filepath.Join(folder, rundir.PicturesFile), text)
}

// loadPictures reads what SavePictures kept; a run may have none.
func loadPictures(folder string) (Pictures, error) {
	path := filepath.Join(folder, rundir.PicturesFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Pictures{}, nil
	}
	if err != nil {
		return Pictures{}, err
	}
	var p Pictures
	if err := json.Unmarshal(text, &p); err != nil {
		return Pictures{}, fmt.Errorf("%s cannot be read (%w); remove it to draw the page without pictures", path, err)
	}
	return p, nil
}

// copiesContent is what the template shows of Copies.
type copiesContent struct {
	Grid          template.URL
	Alt           string
	Width, Height int
	Table         table
}

// gridScale is how many pixels wide a pixel of the grid is shown.
const gridScale = 2

func (c Copies) content() (copiesContent, error) {
	out := copiesContent{Table: c.table()}
	if len(c.Grid) == 0 {
		return out, nil
	}
	size, err := png.DecodeConfig(bytes.NewReader(c.Grid))
	if err != nil {
		return out, fmt.Errorf("the grid of copies is not a picture: %w", err)
	}
	out.Grid = template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(c.Grid))
	out.Width, out.Height = gridScale*size.Width, gridScale*size.Height
	out.Alt = "Rows are training examples, columns their copies at the levels"
	for i, l := range c.Levels {
		if i > 0 {
			out.Alt += ","
		}
		out.Alt += " " + number(l.Level)
	}
	return out, nil
}

func (c Copies) table() table {
	unit := ""
	if c.Unit != "" {
		unit = clean(c.Unit)
	}
	t := table{Columns: []column{
		{Name: clean(c.Perturbation), Unit: unit},
		{Name: "distance to the parent", Unit: "1 = to its nearest other example"},
		{Name: "nearest is the parent", Unit: "share"},
		{Name: "sought among", Unit: "examples"},
	}}
	for _, l := range c.Levels {
		t.Lines = append(t.Lines, line{Cells: []string{number(l.Level), fmt.Sprintf("%.2f", l.Ratio), share(l.Kept), count(l.Pool)}})
	}
	return t
}
