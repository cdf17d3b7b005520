package report

import (
	"bytes"
	"fmt"
	"io"
	"path/filepath"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/report/chart"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// Write writes report.html, report.md and rows.csv into the folder of a run,
// each whole or not at all. A run without rows gets a page that says so and no
// other file.
func Write(folder string, p Page) error {
	files := []struct {
		name  string
		write func(io.Writer) error
	}{
		{rundir.ReportFile, func(w io.Writer) error { return HTML(w, p) }},
		{rundir.MarkdownFile, func(w io.Writer) error { return Markdown(w, p) }},
		{rundir.CSVFile, func(w io.Writer) error { return CSV(w, p.Rows) }},
	}
	if len(p.Rows) == 0 {
		files = files[:1]
	}
	for _, f := range files {
		var b bytes.Buffer
		if err := f.write(&b); err != nil {
			return err
		}
		if err := atomicfile.WriteFile(filepath.Join(folder, f.name), b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// WriteFigures writes each figure of the rows into a folder, as SVG and as PNG,
// at the widths of a column and of a page, and returns the paths:
// levels-3.5in.svg and so on. A file of the user's of such a name is not replaced:
// then nothing is written, and the error says which it is.
func WriteFigures(folder string, rows []result.Row) ([]string, error) {
	figures, err := Figures(rows)
	if err != nil {
		return nil, err
	}
	var paths []string
	var files []fileOf
	for _, f := range figures {
		for _, inches := range []float64{chart.ColumnWidth, chart.PageWidth} {
			for _, format := range []struct {
				ending string
				write  func(io.Writer, float64) error
			}{{"svg", f.SVG}, {"png", f.PNG}} {
				var b bytes.Buffer
				if err := format.write(&b, inches); err != nil {
					return nil, err
				}
				name := fmt.Sprintf("%s-%gin.%s", f.Name, inches, format.ending)
				files, paths = append(files, fileOf{name, b.Bytes()}), append(paths, filepath.Join(folder, name))
			}
		}
	}
	if err := writeOwned(folder, files); err != nil {
		return nil, err
	}
	return paths, nil
}
