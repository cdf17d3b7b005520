package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

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
	for _, f := range slices.Concat(when(m), whatData(m.Data), whatMachine(m)) {
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

func whatData(d result.Data) []document.Fact {
	all := []document.Fact{{Name: "Data", Value: strings.TrimSpace(word.Cut(word.Plain(d.Name), longestData))}}
	if d.Train > 0 {
		text := number.Count(d.Train) + " training, " + number.Count(d.Test) + " test"
		if d.Shape != "" {
			text += ", " + d.Shape + " each"
		}
		all = append(all, document.Fact{Name: "Examples", Value: text})
	}
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
