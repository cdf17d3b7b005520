package strictyaml

import (
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

type inner struct {
	Units int     `yaml:"units,omitempty"`
	Rate  float64 `yaml:"rate"`
	More  []inner `yaml:"more"`
}

type words []string

func (w *words) UnmarshalYAML(n *yaml.Node) error { *w = words{n.Value}; return nil }

type outer struct {
	N       int            `yaml:"n"`
	Seed    uint64         `yaml:"seed"`
	Name    string         `yaml:"name"`
	On      bool           `yaml:"on"`
	Levels  []float64      `yaml:"levels"`
	Layers  []inner        `yaml:"layers"`
	One     inner          `yaml:"one"`
	Own     words          `yaml:"own"`
	Hidden  int            `yaml:"-"`
	Sums    map[string]int `yaml:"sums"`
	Options struct {
		Alpha float64 `yaml:"alpha"`
	} `yaml:",inline"`
}

func TestDecode(t *testing.T) {
	var got outer
	text := "\ufeffn: 1e3\r\nseed: 18446744073709551615\r\nname: 12\r\non: true\r\nlevels: [0, 0.5]\r\nlayers:\r\n- {units: 3, rate: 1}\r\n- units: 4.0\r\n  more: [{units: 5}]\r\none:\r\nown: a\r\nsums: {a: 1, b/c: 2}\r\nalpha: 0.1 # level\r\n"
	if err := Decode([]byte(text), &got); err != nil {
		t.Fatal(err)
	}
	want := outer{N: 1000, Seed: 1<<64 - 1, Name: "12", On: true, Levels: []float64{0, 0.5}, Layers: []inner{{Units: 3, Rate: 1}, {Units: 4, More: []inner{{Units: 5}}}}, Own: words{"a"}, Sums: map[string]int{"a": 1, "b/c": 2}}
	want.Options.Alpha = 0.1
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	for _, empty := range []string{"", "# nothing\n"} {
		if err := Decode([]byte(empty), &got); err != io.EOF {
			t.Errorf("%q: %v", empty, err)
		}
	}
	if err := Decode([]byte("---\nn: 2\n...\n"), &got); err != nil || got.N != 2 {
		t.Errorf("one document between marks: %v", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"n: 3.5":                                 "line 1: n: 3.5 is not a whole number",
		"layers:\n- units: 3.5":                  "line 2: units: 3.5 is not a whole number",
		"n: many":                                `line 1: n: "many" is not a whole number`,
		"n: '3'":                                 `line 1: n: "3" is not a whole number`,
		"n: .inf":                                "line 1: n: .inf is not a whole number",
		"n: 99999999999999999999":                "line 1: n: 99999999999999999999 is not a whole number",
		"seed: -1":                               "line 1: seed: -1 is outside the numbers that fit",
		"n: [1]":                                 "line 1: n: it must be a single value",
		"levels: [a]":                            `line 1: levels: "a" is not a number`,
		"levels: 0.5":                            "line 1: levels: 0.5 is not a list; write it as [0.5]",
		"sums: 5":                                "line 1: sums: 5 is not a list of keys with values",
		"sums: {a: 1, a: 2}":                     "line 1: a is stated in line 1 already; keep one",
		"sums: {a: x}":                           `line 1: a: "x" is not a whole number`,
		"on: 'yes'":                              `line 1: on: "yes" is neither true nor false`,
		"name: a\n\npermutation: 5\nother: 6\n":  `line 3: there is no key "permutation"; choose from n, seed, name, on, levels, layers, one, own, sums, alpha`,
		"hidden: 5":                              `line 1: there is no key "hidden"`,
		"one: {unit: 5}":                         `line 1: there is no key "unit"; choose from units, rate, more`,
		"one: 5":                                 "line 1: one: 5 is not a list of keys with values",
		"- 5":                                    "line 1: a list is not a list of keys with values",
		"n: 1\nname: a\nn: 2":                    "line 3: n is stated in line 1 already; keep one",
		"n: 1\n---\nn: 2":                        "line 2: a second document begins; keep one",
		"n: 1\n--- {":                            "line 2",
		"n: {":                                   "line 1",
		"one: &a {units: 1}\nlayers: [{<<: *a}]": "line 2: << is not read here",
		"name: caf\xe9":                          "not UTF-8",
		"n: \x00":                                "control characters are not allowed",
		"one: " + strings.Repeat("{more: [", 5000): "",
		"one: &a {more: [*a]}":                     "contains itself",
		"one: {more: " + strings.Repeat("[{more: ", 200) + "[]" + strings.Repeat("}]", 200) + "}": "nested more than 100 levels deep",
	} {
		var got outer
		err := Decode([]byte(text), &got)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "yaml") {
			t.Errorf("%.60q: got %v\nwant %s", text, err, want)
		}
	}
}

// Aliases of aliases are read in no time, or refused; never expanded.
func TestDecodeABomb(t *testing.T) {
	var b strings.Builder
	b.WriteString("levels: [0]\nlayers:\n- &a0 {units: 1}\n")
	for i := range 30 {
		fmt.Fprintf(&b, "- &a%d {more: [*a%d, *a%d]}\n", i+1, i, i)
	}
	var got outer
	if err := Decode([]byte(b.String()), &got); err == nil || !strings.Contains(err.Error(), "excessive aliasing") {
		t.Errorf("got %v", err)
	}
}
