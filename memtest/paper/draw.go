package paper

import (
	"io"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// Draw writes the document of a folder from its archive, as Markdown with figures
// and as a HTML page, each file whole or not at all, and returns it. It is an
// error where Read refuses the archive.
func Draw(folder string) (document.Document, error) {
	a, err := Read(filepath.Join(folder, archiveFolder))
	if err != nil {
		return document.Document{}, err
	}
	d, err := Document(a)
	if err != nil {
		return d, err
	}
	err = atomicfile.WriteFileFrom(filepath.Join(folder, MarkdownFile), func(w io.Writer) error {
		return d.Markdown(w, func(f chart.Figure) (string, error) { return writeFigure(folder, f) })
	})
	if err != nil {
		return d, err
	}
	return d, atomicfile.WriteFileFrom(filepath.Join(folder, HTMLFile), d.HTML)
}

// writeFigure writes a figure and returns its address in the document.
func writeFigure(folder string, f chart.Figure) (string, error) {
	name := f.Name + ".svg"
	return archiveFolder + "/" + name, atomicfile.WriteFileFrom(filepath.Join(folder, archiveFolder, name), func(w io.Writer) error {
		return f.SVG(w, chart.PageWidth)
	})
}
