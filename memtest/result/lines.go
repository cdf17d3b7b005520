package result

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
)

// Notes says what was unusual about rows that could be read all the same.
type Notes struct {
	Partial     int      // number of the half-written last line, which was kept out; 0 = none
	PartialSize int64    // bytes of that line
	Size        int64    // bytes of the lines before it
	Older       int      // rows in an older format than Format
	Repeated    []string // cells that a later line measured again; the later line is the one returned
	Aside       string   // where the run is that was in the way; "" = none was
	Damaged     []string // what was damaged, and is not used; none from ReadRows
	Order       []string // of SalvageRows: the cells in the order of the lines, "" for one that was damaged
}

// Sentences are the notes for people, one sentence each; none for clean rows.
func (n Notes) Sentences() []string {
	var s []string
	if n.Aside != "" {
		s = append(s, fmt.Sprintf("What was in the folder is in %s now.", n.Aside))
	}
	if n.Partial > 0 {
		s = append(s, fmt.Sprintf("Line %d of the rows is half-written (%d bytes), as after a crash; it was kept out. Resuming the run removes it and measures that cell again.", n.Partial, n.PartialSize))
	}
	if n.Older > 0 {
		s = append(s, fmt.Sprintf("%d %s from an older version of this program; what that version did not record is left empty.", n.Older, plural(n.Older, "row is", "rows are")))
	}
	if k := len(n.Repeated); k > 0 {
		s = append(s, fmt.Sprintf("%d %s measured twice; the later row is used. The first: %s.", k, plural(k, "cell was", "cells were"), n.Repeated[0]))
	}
	if k := len(n.Damaged); k > 0 {
		s = append(s, fmt.Sprintf("%d %s damaged; what was lost is measured again. The first: %s.", k, plural(k, "part of the run was", "parts of the run were"), n.Damaged[0]))
	}
	return s
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// Line is the row as one line of JSON with its checksum, see Seal, and its newline. It refuses a row that
// Check refuses, so nothing is written that cannot be read.
func (r Row) Line() ([]byte, error) {
	if err := r.Check(); err != nil {
		return nil, Inputf("row of %s: %v", r.Cell(), err)
	}
	if r.Format == 0 {
		r.Format = Format
	}
	if r.Flags == nil {
		r.Flags = []string{}
	}
	line, err := json.Marshal(r)
	if err == nil {
		line, err = Seal(line)
	}
	if err != nil {
		return nil, fmt.Errorf("row of %s: %w", r.Cell(), err)
	}
	return append(line, '\n'), nil
}

// WriteRows writes the rows as JSON lines.
func WriteRows(w io.Writer, rows []Row) error {
	for _, r := range rows {
		line, err := r.Line()
		if err != nil {
			return err
		}
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// ReadRows reads JSON lines until the end of r. The name is the file's, for
// errors, which also give the line. A last line without its newline that is no
// whole row is what a crash leaves: it is kept out and noted. Everything else
// that is wrong is an error: a line that is no row or was damaged, a number that is
// not finite or out of range, a format newer than this program's, rows of two
// configurations in one file.
func ReadRows(r io.Reader, name string) ([]Row, Notes, error) {
	return (&rowReader{name: name, at: map[string]int{}}).all(r)
}

// SalvageRows reads as ReadRows does, but keeps out lines that are no row, or whose
// checksum is wrong, and notes them: for a run that measures their cells again.
func SalvageRows(r io.Reader, name string) ([]Row, Notes, error) {
	return (&rowReader{name: name, at: map[string]int{}, salvage: true}).all(r)
}

// rowReader collects the rows of a file.
type rowReader struct {
	name    string
	salvage bool

	rows  []Row
	notes Notes
	at    map[string]int // cell -> index in rows
	lines []int          // line number of each row
}

func (f *rowReader) all(r io.Reader) ([]Row, Notes, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, f.notes, fmt.Errorf("%s line %d: %w", f.name, number, err)
		}
		last := err == io.EOF
		if len(bytes.TrimSpace(line)) > 0 {
			row, err := parse(line)
			if err != nil && last && !json.Valid(line) {
				f.notes.Partial, f.notes.PartialSize = number, int64(len(line))
				return f.rows, f.notes, nil
			}
			switch {
			case err != nil && f.salvage && (!errors.Is(err, errNewer) || CheckSeal(line) != nil):
				f.notes.Order = append(f.notes.Order, "")
				f.notes.Damaged = append(f.notes.Damaged, fmt.Sprintf("line %d of the rows: %v", number, err))
			case err != nil:
				return nil, f.notes, Inputf("%s line %d: %v", f.name, number, err)
			default:
				if err := f.add(row, number); err != nil {
					return nil, f.notes, err
				}
			}
		}
		f.notes.Size += int64(len(line))
		if last {
			return f.rows, f.notes, nil
		}
	}
}

// add adds a row, or puts it in the place of an earlier one of its cell.
func (f *rowReader) add(row Row, number int) error {
	if len(f.rows) > 0 {
		if err := alike(f.rows[0], row); err != nil {
			return Inputf("%s mixes two configurations: %v in line %d; keep each run's rows in a folder of its own", f.name, err, number)
		}
	}
	if row.Format < Format {
		f.notes.Older++
	}
	cell := row.Cell()
	if i, ok := f.at[cell]; ok {
		f.notes.Repeated = append(f.notes.Repeated, fmt.Sprintf("%s (lines %d and %d)", cell, f.lines[i], number))
		f.rows[i], f.lines[i] = row, number
		return nil
	}
	if f.salvage {
		f.notes.Order = append(f.notes.Order, cell)
	}
	f.at[cell] = len(f.rows)
	f.rows, f.lines = append(f.rows, row), append(f.lines, number)
	return nil
}

// alike says which field shows that two rows come from different runs.
func alike(a, b Row) error {
	switch {
	case a.Config != b.Config && a.Config != "" && b.Config != "":
		return fmt.Errorf("field %q is %q in the first row and %q", "config", a.Config, b.Config)
	case a.Data != b.Data && a.Data != "" && b.Data != "":
		return fmt.Errorf("field %q is %q in the first row and %q", "data", a.Data, b.Data)
	case a.Classes != b.Classes:
		return fmt.Errorf("field %q is %d in the first row and %d", "classes", a.Classes, b.Classes)
	case a.N != b.N:
		return fmt.Errorf("field %q is %d in the first row and %d", "n", a.N, b.N)
	}
	return nil
}

// required are the fields without which a row says nothing; a missing or null
// one is an error, where encoding/json would quietly read 0.
var required = []string{
	"network", "epoch", "layer", "probe", "perturbation", "level", "n", "classes", "permutations",
	"observed", "null_mean", "null_sd", "chance", "learning", "memorization", "learning_p",
}

// errNewer begins the refusal of a row that a newer program wrote.
var errNewer = errors.New("it has format")

func parse(line []byte) (Row, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(line, &fields); err != nil {
		if word := notFinite(line); word != "" {
			return Row{}, fmt.Errorf("it holds %s, which is not a number to report; take the row out, or measure it again with --resume", word)
		}
		return Row{}, fmt.Errorf("it is not a row of JSON (%v)", err)
	}
	// The format comes first: a newer program may have changed every other field.
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(line, &head); err != nil {
		return Row{}, explain(err)
	}
	if head.Format > Format {
		return Row{}, fmt.Errorf("%w %d, but this program knows formats up to %d; use a newer memtest", errNewer, head.Format, Format)
	}
	if head.Format < 0 {
		return Row{}, fmt.Errorf("it has format %d, which no version wrote", head.Format)
	}
	for _, f := range required {
		if raw, ok := fields[f]; !ok || string(raw) == "null" {
			return Row{}, fmt.Errorf("field %q is missing", f)
		}
	}
	var row Row
	if err := json.Unmarshal(line, &row); err != nil {
		return Row{}, explain(err)
	}
	// A part of a refit is not judged yet, and mix-class has none.
	if row.MemorizationP == 0 && row.LearningP > 0 && row.Perturbation != features.MixClass {
		return Row{}, fmt.Errorf("field %q is missing", "memorization_p")
	}
	row = row.Upgraded()
	if err := row.Check(); err != nil { // says more than that something is wrong
		return row, err
	}
	if err := CheckSeal(line); err != nil {
		return row, fmt.Errorf("%w; a run measures it again with --resume", err)
	}
	return row, nil
}

// Upgraded is the row with what an older program did not write: its role, which
// then follows from the name of the network and its epoch.
func (r Row) Upgraded() Row {
	if r.Role != "" {
		return r
	}
	switch role := features.Role(r.Network); {
	case role == features.Input || role == features.Twin || role == features.Refit:
		r.Role = role
	case r.Epoch == 0:
		r.Role = features.Untrained
	default:
		r.Role = features.Network
	}
	return r
}

// explain turns an error of encoding/json into words that name the field.
func explain(err error) error {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("field %q holds a %s, which does not fit", wrong.Field, wrong.Value)
	}
	return fmt.Errorf("it is not a row of JSON (%v)", err)
}

// notFinite finds the words for numbers that other languages write into JSON,
// outside of strings; "" where there is none.
func notFinite(line []byte) string {
	var (
		bare   strings.Builder
		quoted bool
	)
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && quoted:
			i++
		case line[i] == '"':
			quoted = !quoted
		case !quoted:
			bare.WriteByte(line[i])
		}
	}
	for _, word := range []string{"NaN", "Infinity", "nan", "Inf", "inf"} {
		if strings.Contains(bare.String(), word) {
			return word
		}
	}
	return ""
}
