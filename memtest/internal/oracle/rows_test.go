package oracle_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/internal/oracle"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// given are fields of a row that follow from no numbers: names, which say what the
// row is of, and what is known of a network only where it is trained.
var given = map[string]string{
	"format": "version of the layout", "config": "names the configuration", "data": "name", "network": "name", "role": "name", "seed": "name",
	"epoch": "name", "layer": "name", "probe": "name", "perturbation": "name", "level": "name", "unit": "name",
	"trained_epochs": "how long a twin was trained",
	"metric":         "compared as a word", "scale": "compared as a word", "flags": "compared as words", "margin": "setting of sentences", "registered": "given",
	"halves":                "none are drawn here: errors with --halves are not held to a definition",
	"differences.reference": "name", "differences.cell": "name",
}

// comparison gathers how far fields of rows are from the oracle's.
type comparison struct {
	compared map[string]int     // field -> numbers compared
	largest  map[string]float64 // field -> largest difference
	known    map[string]float64 // scenario: field -> largest difference where it is known to disagree
}

func newComparison() *comparison {
	return &comparison{map[string]int{}, map[string]float64{}, map[string]float64{}}
}

// field is the field of a row that a number belongs to.
func field(name string) string {
	if list, rest, inside := strings.Cut(name, "["); inside {
		if _, member, has := strings.Cut(rest, "."); has {
			return list + "." + member
		}
		return list
	}
	return name
}

// flat are the numbers of a row by their names in JSON, truth values as 0 and 1;
// words and nulls are left out.
func flat(t *testing.T, row result.Row) oracle.Fields {
	t.Helper()
	text, err := json.Marshal(row)
	if err != nil {
		t.Fatal(err)
	}
	var tree any
	if err := json.Unmarshal(text, &tree); err != nil {
		t.Fatal(err)
	}
	out := oracle.Fields{}
	var walk func(name string, node any)
	walk = func(name string, node any) {
		switch node := node.(type) {
		case map[string]any:
			for key, member := range node {
				walk(strings.TrimPrefix(name+"."+key, "."), member)
			}
		case []any:
			for i, member := range node {
				walk(fmt.Sprintf("%s[%d]", name, i), member)
			}
		case float64:
			out[name] = node
		case bool:
			out[name] = 0
			if node {
				out[name] = 1
			}
		}
	}
	walk("", tree)
	return out
}

// tolerances of fields in which float32 shows; of all others it is rounding.
var tolerances = map[string]float64{"within_class": 1e-5, "l2_strength": 1e-5}

// row compares a row with what the oracle says, but for fields that are known to
// disagree; where says which row it is.
func (c *comparison) row(t *testing.T, where string, row result.Row, told told, known map[string]string) {
	t.Helper()
	got, want := flat(t, row), told.fields
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, computed := want[name]; !computed && given[field(name)] == "" && known[field(name)] == "" {
			t.Errorf("%s: field %s is %v, which the oracle does not compute", where, name, got[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		v, there := got[name]
		f := field(name)
		switch {
		case known[f] != "":
			scenario, _, _ := strings.Cut(where, ", network")
			c.known[scenario+": "+f] = max(c.known[scenario+": "+f], math.Abs(v-want[name]))
		case there:
			c.number(t, where, name, v, want[name], told)
		default:
			t.Errorf("%s: the row lacks %s, which is %v", where, name, want[name])
		}
	}
}

// number compares a number of a row.
func (c *comparison) number(t *testing.T, where, name string, got, want float64, told told) {
	t.Helper()
	f := field(name)
	tolerance := 1e-9 * max(1, math.Abs(want))
	if given, has := tolerances[f]; has {
		tolerance = given
	}
	switch {
	case f == "fresh":
		tolerance = told.fresh
	case strings.HasSuffix(f, "_se"), strings.HasSuffix(f, "_low"), strings.HasSuffix(f, "_high"):
		tolerance = max(tolerance, told.errors)
	}
	difference := math.Abs(got - want)
	c.compared[f]++
	c.largest[f] = max(c.largest[f], difference)
	if !(difference <= tolerance) {
		t.Errorf("%s: %s is %v, by definition %v", where, name, got, want)
	}
}

// report tells what was compared, and fails where a field of a row was not and is
// in no list.
func (c *comparison) report(t *testing.T) {
	t.Helper()
	names := map[string]bool{}
	for name := range c.compared {
		top, _, _ := strings.Cut(name, ".")
		names[top] = true
	}
	for i := range reflect.TypeFor[result.Row]().NumField() {
		name, _, _ := strings.Cut(reflect.TypeFor[result.Row]().Field(i).Tag.Get("json"), ",")
		switch {
		case names[name], given[name] != "":
		default:
			t.Errorf("no row's %s was compared", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.compared)) {
		t.Logf("%-22s %6d compared, largest difference %.2g", name, c.compared[name], c.largest[name])
	}
	for _, name := range slices.Sorted(maps.Keys(differences)) {
		t.Logf("largest difference %-24s %.2g", name, differences[name])
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		t.Logf("%-22s not compared: %s", name, given[name])
	}
}
