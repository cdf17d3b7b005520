package datasets

import (
	"fmt"
	"math"
	"slices"
	"testing"
)

// Means and categories are those of the training rows; what is missing is said.
func TestEncodeColumns(t *testing.T) {
	nan := math.NaN()
	raw := []rawColumn{
		{name: "age", numbers: []float64{1, nan, 4, 7, nan}},
		{name: "site", texts: []string{"b", "a", "", "c", "a"}},
		{name: "size", numbers: []float64{5, 6, 7, nan, 9}}, // missing in no training row
	}
	columns, x, err := encodeColumns(raw, []int{0, 1, 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []Column{{Name: "age", Missing: true}, {Name: "site", First: 2, Categories: []string{"(missing)", "a", "b"}}, {Name: "size", First: 5}}
	if fmt.Sprintf("%+v", columns) != fmt.Sprintf("%+v", want) {
		t.Errorf("columns %+v, want %+v", columns, want)
	}
	rows := []float32{
		1, 0, 0, 0, 1, 5,
		2.5, 1, 0, 1, 0, 6,
		4, 0, 1, 0, 0, 7,
		7, 0, 0, 0, 0, 6, // category c is new
		2.5, 1, 0, 1, 0, 9,
	}
	if !slices.Equal(x, rows) {
		t.Errorf("values %v, want %v", x, rows)
	}
	if all, _, err := encodeColumns(raw, nil); err != nil || len(all[1].Categories) != 4 || !all[2].Missing {
		t.Errorf("of all rows: %+v, %v", all, err)
	}
}

func TestEncodeColumnsRefuses(t *testing.T) {
	_, _, err := encodeColumns(nil, nil)
	refused(t, err, "no columns or no rows", "give at least one")
	_, _, err = encodeColumns([]rawColumn{{name: "age", numbers: []float64{math.NaN(), 1}}}, []int{0})
	refused(t, err, `"age"`, "no value in any training row", "leave it out")
	ids := rawColumn{name: "id"}
	for i := range mostCategories + 1 {
		ids.texts = append(ids.texts, fmt.Sprint(i))
	}
	_, _, err = encodeColumns([]rawColumn{ids}, nil)
	refused(t, err, `"id" has 1001 different categories`, "--own y=id")
}
