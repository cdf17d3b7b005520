package memtest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// measuredPart is the folder of a unit.
type measuredPart struct {
	rundir.Part
	dir      *rundir.Dir
	config   Config
	manifest result.Manifest
	rows     []result.Row // of one that is finished
	damage   error        // why one that says it is finished is not; nil = it is, or does not say so
}

// finished says whether all of a unit is there.
func (p *measuredPart) finished() bool { return !p.manifest.Unfinished && p.damage == nil }

// parts reads all folders of units. One that holds no configuration or manifest yet is
// passed over: a process was killed before it measured anything.
func (m Merge) parts() ([]*measuredPart, error) {
	var all []*measuredPart
	for _, folder := range append([]string{m.Out}, m.Others...) {
		there, err := rundir.Parts(folder)
		if err != nil {
			return nil, err
		}
		if n, err := rundir.ShardCount(folder); err == nil && n == 0 && len(there) == 0 {
			return nil, result.Inputf("%s holds no shards: give the folder that `memtest run --shard K/N --out` wrote (the runs of `memtest paper --shard` are put together by `memtest paper --resume`)", folder)
		}
		for _, part := range there {
			p, err := readPart(part)
			if err != nil {
				return nil, err
			}
			if p == nil {
				continue
			}
			if err := p.readRows(); err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return nil, result.Inputf("%s: no shard has measured anything yet; tasks that were submitted say why in %s", m.Out, filepath.Join(m.Out, "shards", "log"))
	}
	return all, nil
}

// readPart reads what the folder of a unit says of it, without its rows; nil where
// nothing was begun there.
func readPart(part rundir.Part) (*measuredPart, error) {
	for _, name := range []string{rundir.ConfigFile, rundir.ManifestFile} {
		if _, err := os.Stat(filepath.Join(part.Path, name)); errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
	}
	p := &measuredPart{Part: part}
	var err error
	if p.dir, err = rundir.Open(part.Path); err != nil {
		return nil, err
	}
	if p.manifest, err = p.dir.Manifest(); err != nil {
		return nil, err
	}
	if p.config, err = ConfigOf(p.dir); err != nil {
		return nil, err
	}
	return p, nil
}

// readRows reads the rows of a unit that says it is finished, and looks whether it is.
func (p *measuredPart) readRows() (err error) {
	if p.manifest.Unfinished {
		return nil
	}
	if p.damage = wholeUnit(p.dir, p.manifest); p.damage == nil {
		p.rows, _, err = p.dir.Rows()
	}
	return err
}

// host names the machine that a part was last measured on.
func (p *measuredPart) host() string {
	if n := len(p.manifest.Tasks); n > 0 {
		return p.manifest.Tasks[n-1].Host
	}
	return "an unknown host"
}

// alike is nil where all parts are of one run. What may only change last digits is
// noted.
func (m Merge) alike(parts []*measuredPart) error {
	first := parts[0]
	if len(first.manifest.Units) == 0 {
		return result.Inputf("%s does not say which units its run has: measure it by `memtest run --shard K/N`", first.dir.Path(rundir.ManifestFile))
	}
	for _, p := range parts {
		if p.manifest.Format != result.Format {
			return result.Inputf("%s has rows of format %d, and this memtest writes %d: measure it again, or merge with the memtest that measured it", p.Path, p.manifest.Format, result.Format)
		}
		if text := p.config.spelledAs(first.config).YAML(); !bytes.Equal(text, first.config.YAML()) {
			return result.Inputf("%s is of another run than %s: their %s differ %s; give shards of one run", p.Path, first.Path, rundir.ConfigFile, rundir.Difference(first.dir.Config(), p.dir.Config()))
		}
		if !slices.Equal(p.manifest.Units, first.manifest.Units) {
			return result.Inputf("%s was cut into %d units and %s into %d, by different revisions of memtest; measure the one again with the other's", first.Path, len(first.manifest.Units), p.Path, len(p.manifest.Units))
		}
		grounds := first.manifest.Basis()
		for i, now := range p.manifest.Basis() {
			if was := grounds[i]; now.Differs(was) && !now.Machine {
				return result.Inputf("%s (on %s) and %s (on %s) were measured with another %s: %.40s and %.40s; measure the one again as the other was", first.Path, first.host(), p.Path, p.host(), now.Name, was.Value, now.Value)
			}
		}
	}
	return m.machines(parts)
}

// machines tells what the parts were measured on where that is not the same everywhere,
// and what began over. The promise of equal bytes does not hold there.
func (m Merge) machines(parts []*measuredPart) error {
	var kinds, programs, over []string
	for _, p := range parts {
		for _, t := range p.manifest.Tasks {
			if t.Over != "" && !slices.Contains(over, t.Over) {
				over = append(over, t.Over)
			}
			kinds = appendNew(kinds, fmt.Sprintf("%s, %d cores, arithmetic %.8s", t.CPU, t.Cores, t.Arithmetic), t.Host)
			programs = appendNew(programs, t.Memtest, t.Host)
		}
	}
	for _, sentence := range over {
		m.note(sentence)
	}
	for _, differ := range []struct {
		kinds []string
		what  string
	}{
		{kinds, "kinds of machine, so last digits may differ from those of one machine"},
		{programs, "revisions of memtest"},
	} {
		if len(differ.kinds) < 2 {
			continue
		}
		sentence := fmt.Sprintf("the shards were measured by %d %s: %s", len(differ.kinds), differ.what, strings.Join(differ.kinds, "; "))
		if m.Strict {
			return result.Inputf("%s: %s; remove the folders of the units that are to be measured again and begin their shards anew, or merge without --strict", m.Out, sentence)
		}
		m.note(sentence)
	}
	return nil
}

// appendNew adds a kind of machine, with the first host that is of it.
func appendNew(kinds []string, kind, host string) []string {
	if slices.ContainsFunc(kinds, func(k string) bool { return strings.HasPrefix(k, kind+" (") }) {
		return kinds
	}
	return append(kinds, fmt.Sprintf("%s (%s)", kind, host))
}
