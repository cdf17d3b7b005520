package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// madeSection is how the page was made; it has no blocks where that is not known.
func (p Page) madeSection() document.Section {
	s := document.Section{Name: "made", Title: "How it was made", Folded: true}
	if facts := p.made(); len(facts) > 0 {
		s.Blocks = append(s.Blocks, document.Block{Facts: facts})
	}
	if config := strings.TrimSpace(string(p.Config)); config != "" {
		s.Blocks = append(s.Blocks, document.Block{Fold: &document.Fold{Summary: "The whole configuration", Blocks: []document.Block{
			{File: &document.File{Label: "Configuration", Text: config}},
		}}})
	}
	return s
}

// Limits of what is shown of a manifest.
const (
	longestFact = 1000 // characters, which leave room for a command line with many options
	longestData = 100  // characters of the name of the data
	mostClasses = 30
)

// made are the facts of the manifest, in the order in which they are shown.
func (p Page) made() []document.Fact {
	m := p.Manifest
	if m == nil {
		return nil
	}
	var all []document.Fact
	for _, f := range slices.Concat(when(m), whatData(m.Data, p.inputScale()), whatMachine(m)) {
		if f.Value != "" {
			f.Value = word.Cut(word.Plain(f.Value), longestFact)
			all = append(all, f)
		}
	}
	return all
}

// clock is how a time is written.
const clock = "2006-01-02 15:04:05 MST"

func when(m *result.Manifest) []document.Fact {
	all := []document.Fact{{Name: "Command", Value: m.CommandLine(), Code: true}}
	if !m.Started.IsZero() {
		all = append(all, document.Fact{Name: "Started", Value: m.Started.UTC().Format(clock)})
	}
	if m.Finished != nil {
		all = append(all, document.Fact{Name: "Finished", Value: m.Finished.UTC().Format(clock)},
			document.Fact{Name: "Took", Value: m.Finished.Sub(m.Started).Round(time.Second / 10).String()})
	}
	return all
}

func whatData(d result.Data, scale string) []document.Fact {
	all := []document.Fact{{Name: "Data", Value: strings.TrimSpace(word.Cut(word.Plain(d.Name), longestData))}}
	if d.Train > 0 {
		text := number.Count(d.Train) + " training, " + number.Count(d.Test) + " test"
		if d.Shape != "" {
			text += ", " + sizeOf(d) + " each"
		}
		all = append(all, document.Fact{Name: "Examples", Value: text})
	}
	all = append(all, whatKind(d, scale)...)
	var classes []string
	for _, c := range d.Classes[:min(len(d.Classes), mostClasses)] {
		classes = append(classes, word.Name(c))
	}
	if len(d.Classes) > mostClasses {
		classes = append(classes, "…")
	}
	return append(all, document.Fact{Name: "Classes", Value: strings.Join(classes, ", ")},
		document.Fact{Name: "SHA-256 of data", Value: d.SHA256, Code: true},
		document.Fact{Name: "SHA-256 of test data", Value: d.TestSHA256, Code: true})
}

// sizeOf is how large an example is; a row of a table has no height.
func sizeOf(d result.Data) string {
	if values, ok := strings.CutPrefix(d.Shape, "1×1×"); ok && d.Kind == string(datasets.Table) {
		return values + " values"
	}
	return d.Shape
}

// inputScale is how the columns of the raw input were scaled; "" = there are no rows of it.
func (p Page) inputScale() string {
	for _, r := range p.Rows {
		if r.Upgraded().Role == features.Input {
			return r.Scale
		}
	}
	return ""
}

// scaledAs says how the columns of a table were scaled, by the word of rows.
var scaledAs = map[string]string{
	"standard": ", each scaled by its own standard deviation", "floor": ", each scaled by its own standard deviation, or half of the usual one where that is more",
	"shared": ", all scaled by one standard deviation", "none": ", not scaled",
}

// whatKind says what the examples are and how they are the raw input; of images, whose
// raw input is their pixels, nothing.
func whatKind(d result.Data, scale string) []document.Fact {
	input := map[string]string{
		string(datasets.Table): "the columns" + scaledAs[scale], string(datasets.Series): "the values, with zeros after the end of a series",
	}[d.Kind]
	switch d.Input {
	case datasets.RawOneHot:
		input = "one value for each token at each place, 1 where it stands"
	case datasets.RawCounts:
		input = "how often each token occurs"
	}
	if d.Kind == "" || d.Kind == string(datasets.Image) {
		return nil
	}
	return []document.Fact{{Name: "Kind of data", Value: d.Kind}, {Name: "Raw input", Value: input}}
}

func whatMachine(m *result.Manifest) []document.Fact {
	var seeds []string
	for _, s := range m.Seeds {
		seeds = append(seeds, fmt.Sprint(s))
	}
	host := ""
	if m.Host.Cores > 0 {
		host = fmt.Sprintf("%s/%s, %d cores", m.Host.OS, m.Host.Arch, m.Host.Cores)
		if m.Host.CPU != "" {
			host += ", " + m.Host.CPU
		}
	}
	versions := slices.Sorted(maps.Keys(m.Versions))
	for i, k := range versions {
		versions[i] = k + " " + m.Versions[k]
	}
	return []document.Fact{
		{Name: "SHA-256 of config", Value: m.Config, Code: true}, {Name: "Seeds", Value: strings.Join(seeds, ", ")},
		{Name: "Backend", Value: m.Backend}, {Name: "Plugin", Value: m.Plugin, Code: true}, {Name: "Devices", Value: strings.Join(m.Devices, ", ")},
		{Name: "Host", Value: host}, {Name: "Shards", Value: shards(m)}, {Name: "Versions", Value: strings.Join(versions, ", ")},
	}
}

// shards says of how many shards a run was merged, and where they were measured; "" = it
// was measured as a whole.
func shards(m *result.Manifest) string {
	if len(m.Shards) == 0 {
		return ""
	}
	var hosts []string
	for _, s := range m.Shards {
		for _, p := range s.Parts {
			for _, t := range p.Tasks {
				if host := word.Name(t.Host); !slices.Contains(hosts, host) {
					hosts = append(hosts, host)
				}
			}
		}
	}
	return fmt.Sprintf("%d, measured on %s", len(m.Shards), strings.Join(hosts, ", "))
}
