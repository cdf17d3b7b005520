package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// book is a notebook as its file holds it, format 4.5.
type book struct {
	Cells    []*cell        `json:"cells"`
	Metadata map[string]any `json:"metadata"`
	Format   int            `json:"nbformat"`
	Minor    int            `json:"nbformat_minor"`
}

// cell is one cell. Its fields stand in alphabetical order of their names in the
// file, as nbformat writes them.
type cell struct {
	Kind     string   `json:"cell_type"`
	Count    *int     `json:"execution_count,omitempty"`
	ID       string   `json:"id"`
	Metadata metadata `json:"metadata"`
	Outputs  []output `json:"outputs,omitzero"`
	Source   text     `json:"source"`
}

type metadata struct {
	Tags []string `json:"tags,omitempty"`
}

// output is what a cell has put out: a stream, rich data or an error.
type output struct {
	Data      bundle         `json:"data,omitempty"`
	EName     string         `json:"ename,omitempty"`
	EValue    string         `json:"evalue,omitempty"`
	Metadata  map[string]any `json:"metadata,omitzero"`
	Name      string         `json:"name,omitempty"` // of a stream: stdout, stderr
	Kind      string         `json:"output_type"`    // stream, display_data, error
	Text      text           `json:"text,omitempty"`
	Traceback []string       `json:"traceback,omitempty"`

	display string // what later messages may replace this output by
}

// text is a string that the file holds as a list of lines.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	var lines []string
	if json.Unmarshal(b, &lines) == nil {
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(b, (*string)(t))
}

// bundle is one thing in several formats, by their MIME types. Only text is held
// as lines; a picture is one string.
type bundle map[string]text

func (b bundle) MarshalJSON() ([]byte, error) {
	all := map[string]any{}
	for kind, t := range b {
		all[kind] = t
		if !strings.HasPrefix(kind, "text/") {
			all[kind] = string(t)
		}
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(all)
	return out.Bytes(), err
}

func (t text) MarshalJSON() ([]byte, error) {
	lines := strings.SplitAfter(string(t), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(lines)
	return b.Bytes(), err
}

func (c *cell) has(tag string) bool { return slices.Contains(c.Metadata.Tags, tag) }

// stdout is what the cell printed.
func (c *cell) stdout() string {
	var s string
	for _, o := range c.Outputs {
		if o.Kind == "stream" && o.Name == "stdout" {
			s += string(o.Text)
		}
	}
	return s
}

// kinds says which rich outputs there are, in order.
func (c *cell) kinds() []string {
	var all []string
	for _, o := range c.Outputs {
		if o.Kind != "display_data" {
			continue
		}
		var types []string
		for t := range o.Data {
			types = append(types, t)
		}
		slices.Sort(types)
		all = append(all, strings.Join(types, "+"))
	}
	return all
}

func readBook(path string) (*book, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var b book
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &b, nil
}

// encode writes the notebook byte for byte as Python's nbformat does: keys
// sorted, indented by one space, text as lists of lines.
func (b *book) encode() ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	err := e.Encode(b)
	return out.Bytes(), err
}
