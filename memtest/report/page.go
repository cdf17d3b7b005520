package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// Page is what HTML and Markdown write. Only Rows is needed.
type Page struct {
	Title    string // "" = made from the rows
	Rows     []result.Row
	Notes    result.Notes     // of reading the rows
	Manifest *result.Manifest // nil = how the run was made is not known
	Config   []byte           // config.yaml, shown folded; nil = none
	Pictures                  // none = their sections are left out
}

// Load reads the folder of a run. Without its manifest the page still opens and
// lacks the section on how it was made.
func Load(folder string) (Page, error) {
	d, err := rundir.Open(folder)
	if err != nil {
		return Page{}, err
	}
	p := Page{Config: d.Config()}
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

// heading is the title of the page.
func (v *view) heading(p Page) string {
	if p.Title != "" {
		return cut(plain(p.Title), 120)
	}
	if len(v.rows) == 0 {
		return "A run without rows"
	}
	var names []string
	for _, n := range v.networks {
		names = append(names, clean(n))
	}
	if len(names) == 0 {
		names = []string{"the references"}
	}
	if len(names) > 3 {
		names = append(names[:2:2], fmt.Sprintf("%d more", len(names)-2))
	}
	data := ""
	if d := v.rows[0].Data; d != "" {
		data = " on " + clean(d)
	}
	return "What " + list(names) + " learned and memorized" + data
}

// remarks are about the whole page: a run that is not finished, rows that could
// not be read as they were.
func (p Page) remarks() []string {
	var all []string
	if p.Manifest != nil && p.Manifest.Unfinished {
		all = append(all, "The run is not finished: what follows are the rows measured so far. `memtest run --resume` with the same options measures the rest.")
	}
	return append(all, p.Notes.Sentences()...)
}

// longestFact leaves room for a command line with many options.
const longestFact = 1000

// fact is a line of the section on how the page was made.
type fact struct {
	Name, Value string
	Code        bool
}

func (p Page) made() []fact {
	m := p.Manifest
	if m == nil {
		return nil
	}
	var all []fact
	add := func(name, value string, code bool) {
		if value != "" {
			all = append(all, fact{name, cut(plain(value), longestFact), code})
		}
	}
	add("Command", m.CommandLine(), true)
	if !m.Started.IsZero() {
		add("Started", m.Started.UTC().Format("2006-01-02 15:04:05 MST"), false)
	}
	if m.Finished != nil {
		add("Finished", m.Finished.UTC().Format("2006-01-02 15:04:05 MST"), false)
		add("Took", m.Finished.Sub(m.Started).Round(time.Second/10).String(), false)
	}
	add("Data", strings.TrimSpace(cut(plain(m.Data.Name), 100)), false)
	if m.Data.Train > 0 {
		text := count(m.Data.Train) + " training, " + count(m.Data.Test) + " test"
		if m.Data.Shape != "" {
			text += ", " + m.Data.Shape + " each"
		}
		add("Examples", text, false)
	}
	var classes []string
	for _, c := range m.Data.Classes[:min(len(m.Data.Classes), 30)] {
		classes = append(classes, clean(c))
	}
	if len(m.Data.Classes) > 30 {
		classes = append(classes, "…")
	}
	add("Classes", strings.Join(classes, ", "), false)
	add("SHA-256 of data", m.Data.SHA256, true)
	add("SHA-256 of test data", m.Data.TestSHA256, true)
	add("SHA-256 of config", m.Config, true)
	var seeds []string
	for _, s := range m.Seeds {
		seeds = append(seeds, fmt.Sprint(s))
	}
	add("Seeds", strings.Join(seeds, ", "), false)
	add("Backend", m.Backend, false)
	add("Plugin", m.Plugin, true)
	add("Devices", strings.Join(m.Devices, ", "), false)
	if m.Host.Cores > 0 {
		host := fmt.Sprintf("%s/%s, %d cores", m.Host.OS, m.Host.Arch, m.Host.Cores)
		if m.Host.CPU != "" {
			host += ", " + m.Host.CPU
		}
		add("Host", host, false)
	}
	var versions []string
	for k := range m.Versions {
		versions = append(versions, k)
	}
	sort.Strings(versions)
	for i, k := range versions {
		versions[i] = k + " " + m.Versions[k]
	}
	add("Versions", strings.Join(slices.Clone(versions), ", "), false)
	return all
}
