//go:build linux

package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// hostileNames are names that users, or those who give them files, may choose.
var hostileNames = []string{
	"../../escaped", "/tmp/escaped-breaking", "a/../../escaped", "..", ".", "", " ", "-x", "a\x00b", "\x1b[31mred\x1b]0;title\x07", "a\rb", "a\nb",
	`=HYPERLINK("http://x","y")`, "+1+1", "-1+1", "@SUM(A1)", "\t=1+1", "<script>alert(1)</script>", "| a | b |", "`x`", "\u202edrow", "con", strings.Repeat("long", 200), "\xff\xfe", "%s%n", "$(touch x)", "日本語",
}

// place is where a name is given.
type place struct {
	name  string
	files func(r *rand.Rand, name string) (tree, error)
	args  func(name string) []string
}

var places = []place{
	{"a network", func(r *rand.Rand, name string) (tree, error) {
		quoted, err := json.Marshal(name)
		return tree{"net.yaml": append([]byte("name: "+string(quoted)+"\n"), bytes.TrimPrefix([]byte(networkYAML), []byte("name: small\n"))...)}, err
	}, func(string) []string {
		return with(with(words(quickRun, quick, []string{"--data", "gaussian:60:2x2x1:3"}), "--net", "net.yaml"), "--refs", "input")
	}},
	{"features", func(r *rand.Rand, _ string) (tree, error) { return featureFiles(nil, r) }, func(name string) []string {
		return words([]string{"probe", "features.npz", "--name", strings.ReplaceAll(name, "\x00", "0")}, quick) // no argument holds a zero byte
	}},
	{"a layer", func(r *rand.Rand, name string) (tree, error) {
		all := features(r)
		for i := range all {
			all[i].name = strings.Replace(all[i].name, "hidden/", name+"/", 1)
		}
		return tree{"features.npz": npz(all)}, nil
	}, func(string) []string { return words([]string{"probe", "features.npz"}, quick) }},
	{"classes", func(r *rand.Rand, name string) (tree, error) {
		x, y := examples(r, 60, 4, 3)
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Write([]string{"a", "b", "c", "d", "label"}) // a buffer takes everything
		for i, label := range y {
			row := []string{}
			for j := range 4 {
				row = append(row, fmt.Sprint(x[4*i+j]))
			}
			w.Write(append(row, fmt.Sprintf("%s%s", name, strings.Repeat("'", label))))
		}
		w.Flush()
		return tree{"d.csv": b.Bytes()}, w.Error()
	}, func(string) []string {
		return with(words(quickRun, quick, []string{"--data", "d.csv"}), "--refs", "input")
	}},
}

// nameIt gives something a hostile name: it is taken or refused; nothing is written
// outside of the run's folder, no control character is printed, and no cell of a
// table is a formula.
func nameIt(t *trial) error {
	p := places[t.number%len(places)]
	name := hostileNames[t.number/len(places)%len(hostileNames)]
	top := t.dir
	t.dir = filepath.Join(top, "a", "b", "c")
	files, err := p.files(t.rand, name)
	if err != nil {
		return err
	}
	if err := files.write(t.dir); err != nil {
		return err
	}
	commands := [][]string{p.args(name), {"report", "out", "--figures", "out/figures", "--tensorboard", "out/logs"}}
	if p.name == "classes" {
		commands = append(commands, []string{"data", "info", "d.csv"})
	}
	for _, args := range commands {
		o, err := t.start(call{args: args, in: t.dir, timeout: 3 * patience})
		if err != nil {
			return err
		}
		if err := judgeNamed(o); err != nil {
			return fmt.Errorf("%s named %.40q: %w", p.name, name, err)
		}
		if o.code != 0 {
			t.note("refused with a sentence")
			break
		}
	}
	if err := written(top, files); err != nil {
		return fmt.Errorf("%s named %.40q: %w", p.name, name, err)
	}
	return nil
}

func judgeNamed(o outcome) error {
	if err := civil(o, room); err != nil {
		return err
	}
	return plain(o.stdout + o.stderr)
}

// written is an error where something lies outside of the folders of the run and of
// temporary files, or a table in it holds a formula.
func written(top string, input tree) error {
	all, err := readTree(top)
	if err != nil {
		return err
	}
	inside := filepath.Join("a", "b", "c") + string(filepath.Separator)
	for _, path := range all.names() {
		name := strings.TrimPrefix(path, inside)
		if _, given := input[name]; given {
			continue
		}
		if name == path || !strings.HasPrefix(name, "out/") && !strings.HasPrefix(name, "temp/") {
			return fmt.Errorf("%s was written, outside of the run's folder", path)
		}
		if strings.HasSuffix(name, ".csv") {
			if err := guarded(all[path]); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if _, err := os.Lstat("/tmp/escaped-breaking"); err == nil {
		os.RemoveAll("/tmp/escaped-breaking")
		return fmt.Errorf("a name led out to /tmp/escaped-breaking")
	}
	return nil
}

var control = regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f\u0080-\u009f\u202a-\u202e\u2066-\u2069]")

// plain is an error where text for a terminal holds control characters.
func plain(text string) error {
	if found := control.FindString(text); found != "" {
		return fmt.Errorf("the control character %q is printed", found)
	}
	return nil
}

// guarded is an error where a cell would be computed by a spreadsheet.
func guarded(table []byte) error {
	rows, err := csv.NewReader(bytes.NewReader(table)).ReadAll()
	if err != nil {
		return err
	}
	for _, row := range rows {
		for _, cell := range row {
			if _, err := strconv.ParseFloat(cell, 64); err != nil && cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) && cell != "-" {
				return fmt.Errorf("the cell %.60q is a formula", cell)
			}
		}
	}
	return nil
}
