package paper

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// Archive is what a document is written from.
type Archive struct {
	Setting   string
	Only      []string          // sections that it is of; empty = all
	Manifest  result.Manifest   // of the machine and the program that measured it
	Elsewhere map[string]string // runs that were measured on another kind of machine, and its processor
	Data      []result.Data     // each data set once, as the runs used it
	Rows      map[string][]result.Row
	Facts     []Fact
}

// Names of the files of an archive.
const (
	rowsFile    = "rows.jsonl.gz" // one line a row, after the name of its run
	factsFile   = "facts.jsonl"
	settingFile = "setting.json"
)

// named is a row under the name of its run.
type named struct {
	Run string `json:"run"`
	result.Row
}

// settingLine is what settingFile holds.
type settingLine struct {
	Setting   string            `json:"setting"`
	Only      []string          `json:"only,omitempty"`
	Manifest  result.Manifest   `json:"manifest"`
	Elsewhere map[string]string `json:"elsewhere,omitempty"`
	Data      []result.Data     `json:"data"`
}

// Write keeps an archive in a folder, each file whole or not at all. To be small
// it leaves out the single values of the null, whose mean and standard deviation
// stay, and what rows say of single classes.
func (a Archive) Write(folder string) error {
	runs, err := Runs(a.Setting, a.Only...)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	rows := json.NewEncoder(zip)
	for _, r := range runs {
		for _, row := range a.Rows[r.Name] {
			row.Null, row.PerClass = nil, nil
			if err := rows.Encode(named{r.Name, row}); err != nil {
				return err
			}
		}
	}
	if err := zip.Close(); err != nil {
		return err
	}
	setting, err := json.MarshalIndent(settingLine{a.Setting, a.Only, a.Manifest, a.Elsewhere, a.Data}, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(
		atomicfile.WriteFile(filepath.Join(folder, rowsFile), packed.Bytes()),
		writeFacts(filepath.Join(folder, factsFile), a.Facts),
		atomicfile.WriteFile(filepath.Join(folder, settingFile), append(setting, '\n')))
}

// Read reads an archive. It is an error where a run of the setting is missing, a
// row cannot be right, or rows were made with another configuration than that of
// their run now.
func Read(folder string) (Archive, error) {
	a := Archive{Rows: map[string][]result.Row{}}
	s, err := readSetting(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return a, result.Inputf("%s has no %s, so it holds no finished paper; go on with one that was begun by typing `memtest paper --resume` with its --out", folder, settingFile)
	} else if err != nil {
		return a, result.Inputf("%s: %v", filepath.Join(folder, settingFile), err)
	}
	a.Setting, a.Only, a.Manifest, a.Elsewhere, a.Data = s.Setting, s.Only, s.Manifest, s.Elsewhere, s.Data
	if err := a.readRows(filepath.Join(folder, rowsFile)); err != nil {
		return a, err
	}
	if a.Facts, err = readFacts(filepath.Join(folder, factsFile)); err != nil {
		return a, err
	}
	return a, a.check()
}

func readSetting(folder string) (s settingLine, err error) {
	text, err := os.ReadFile(filepath.Join(folder, settingFile))
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	return s, err
}

// check says whether an archive holds all rows of its setting.
func (a Archive) check() error {
	runs, err := Runs(a.Setting, a.Only...)
	if err != nil {
		return err
	}
	for _, r := range runs {
		if err := r.check(a.Rows[r.Name]); err != nil {
			return err
		}
	}
	return nil
}

// check says whether rows are those of the run as it is configured now, each of
// its cells once.
func (r Run) check(rows []result.Row) error {
	config, err := r.Config.Resolve()
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		return result.Inputf("run %s has no rows; measure it by typing `memtest paper --resume` with the same --out", r.Name)
	}
	id := result.ConfigID(config.YAML())
	have := map[string]bool{}
	for _, row := range rows {
		if row.Config != id {
			return result.Inputf("run %s was measured with another configuration (%s) than it has now (%s); measure it anew in another --out", r.Name, row.Config, id)
		}
		if !slices.Contains(config.Probes, row.Probe) || !slices.Contains(config.Levels, row.Level) || !asks(config, row.Epoch) {
			return result.Inputf("run %s has a row that its configuration does not ask for: %s", r.Name, row.Place())
		}
		have[row.Cell()] = true
	}
	if want := config.CellsOf(len(config.Layers)); len(have) != want || len(rows) != want {
		return result.Inputf("run %s has %d rows of %d cells in place of %d; measure the rest by typing `memtest paper --resume` with the same --out", r.Name, len(rows), len(have), want)
	}
	return nil
}

// asks says whether a configuration asks for an epoch. Where training ends at an
// accuracy, its last epoch may be any.
func asks(c memtest.Config, epoch int) bool {
	return epoch == result.EpochNone || slices.Contains(c.Epochs, epoch) || c.Until > 0 && epoch > 0 && epoch < slices.Max(c.Epochs)
}

// flags are those of `memtest paper` by which the archive is measured.
func (a Archive) flags() string {
	flags := "--setting " + a.Setting
	if len(a.Only) > 0 {
		flags += " --only " + strings.Join(a.Only, ",")
	}
	return flags
}

func (a *Archive) readRows(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(bufio.NewReader(file))
	if err != nil {
		return result.Inputf("%s: %v", path, err)
	}
	in := json.NewDecoder(unzipped)
	for line := 1; ; line++ {
		var n named
		err := in.Decode(&n)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			n.Row = n.Upgraded()
			err = n.Check()
		}
		if err != nil {
			return result.Inputf("%s, line %d: %v", path, line, err)
		}
		a.Rows[n.Run] = append(a.Rows[n.Run], n.Row)
	}
}
