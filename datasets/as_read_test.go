package datasets

import (
	"fmt"
	"testing"
)

func TestTokensAreReadAsText(t *testing.T) {
	shape := Shape{Height: 4, Width: 1, Channels: 1, Kind: Tokens, Vocabulary: 4}
	s := &Set{Shape: shape, Y: []int32{0, 1}, Classes: []string{"a", "b"}, X: []float32{1, 2, 0, 7, 3, 3, 3, 3, 3, 4}}
	if got := s.Text(0) + "|" + s.Text(1); got != "1 2 0|3 3 3 3" {
		t.Errorf("without words: %q", got)
	}
	s.Tokens = &Vocabulary{Words: []string{"-", "é", "n"}, Space: ""}
	if got := s.Text(0); got != "én-" { // the padding, 7, is no part of it
		t.Errorf("characters: %q", got)
	}
	s.Tokens.Space = " "
	if got := s.Text(0) + "|" + s.Text(1); got != "é n -|3 3 3 3" { // a number without a word
		t.Errorf("words: %q", got)
	}
}

func TestCurvesEndWithTheSeries(t *testing.T) {
	s := &Set{Shape: Shape{Height: 3, Width: 1, Channels: 2, Kind: Series}, Y: []int32{0}, X: []float32{1, 10, 2, 20, 9, 9, 2}}
	if got := fmt.Sprint(s.Curve(0, 0), s.Curve(0, 1)); got != "[1 2] [10 20]" {
		t.Errorf("curves %s", got)
	}
}

func TestRowsOfATableAreReadAsTheFileHasThem(t *testing.T) {
	s := &Set{Shape: Shape{Height: 1, Width: 1, Channels: 6}, Columns: []Column{
		{Name: "age", First: 0}, {Name: "pay", First: 1, Missing: true}, {Name: "town", First: 3, Categories: []string{"Ulm", "Bonn", "Kiel"}},
	}}
	for _, c := range []struct {
		row  []float32
		want string
	}{
		{[]float32{31, 2.5, 0, 0, 1, 0}, `31 ""false 2.5 ""false 0 "Bonn"false `},
		{[]float32{31, 2.5, 1, 0, 0, 0}, `31 ""false 2.5 ""true 0 ""true `},
		{[]float32{-1, 0, 0.4, 0.2, -3, 0.7}, `-1 ""false 0 ""false 0 "Kiel"false `}, // a copy with noise
	} {
		got := ""
		for _, column := range s.FileColumns() {
			number, category, missing := column.Read(c.row)
			got += fmt.Sprintf("%v %q%t ", number, category, missing)
		}
		if got != c.want {
			t.Errorf("row %v reads %s, want %s", c.row, got, c.want)
		}
	}
	s.Columns = nil
	if all := s.FileColumns(); len(all) != 6 || all[5].Name != "column 6" {
		t.Errorf("columns without names: %v", all)
	}
}
