package report

import (
	"errors"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// ErrNoRows is the error of Text, Markdown, CSV and Figures where there is
// nothing to show.
var ErrNoRows = errors.New("there are no rows to report: type the command that began the run again, with --resume and the same --out")

// Page is what HTML and Markdown write. Only Rows is needed.
type Page struct {
	Title    string // "" = made from the rows
	Rows     []result.Row
	Notes    result.Notes     // of reading the rows
	Manifest *result.Manifest // nil = how the run was made is not known
	Config   []byte           // config.yaml, shown folded; nil = none
	Pictures                  // none = their sections are left out

	Unfinished *Unfinished // how far the run is; nil = it is finished, or no more is known than the manifest says
	folder     string      // of the run; "" = not known
}

// Load reads the folder of a run. Without its manifest the page still opens and
// lacks the section on how it was made.
func Load(folder string) (Page, error) {
	d, err := rundir.Open(folder)
	if err != nil {
		return Page{}, err
	}
	p := Page{Config: d.Config(), folder: folder}
	if p.Rows, p.Notes, err = d.Rows(); err != nil {
		return Page{}, err
	}
	if p.Pictures, err = loadPictures(folder); err != nil {
		return Page{}, err
	}
	if m, err := d.Manifest(); err == nil {
		p.Manifest = &m
	} else if errors.Is(err, result.ErrInput) {
		return Page{}, err
	}
	return p, nil
}

// remarks are about the whole page: a run that is not finished, rows that could
// not be read as they were.
func (p Page) remarks() []string {
	var all []string
	if p.Unfinished != nil {
		all = append(all, p.Unfinished.sentence(len(p.Rows) > 0))
	} else if p.Manifest != nil && p.Manifest.Unfinished {
		how := "The command that began it, with --resume and the same --out,"
		if line := p.Manifest.GoOn(p.folder); line != "" && p.folder != "" {
			how = "`" + line + "`"
		}
		all = append(all, "The run is not finished: what follows are the rows measured so far. "+how+" measures the rest.")
	}
	return append(all, p.Notes.Sentences()...)
}
