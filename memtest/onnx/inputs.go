package onnx

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// What an input of a model can be given besides a number, which then fills it.
const (
	giveData      = "data"      // the examples
	giveNonzero   = "nonzero"   // 1 where the examples have a value other than 0, else 0: the mask of padded token ids
	giveMask      = "mask"      // 1 for the steps that a sequence has, 0 for padding
	giveLengths   = "lengths"   // how many steps a sequence has
	givePositions = "positions" // 0, 1, 2, … along the last axis
)

// given is what one input is given for each example.
type given struct {
	value value
	word  string  // one of the above, or "" = number
	fill  float64 // number
	dims  []int   // of one example
}

// give finds which input the examples go into, and what the others are given: as
// stated, NAME=WORD or NAME=NUMBER each. Without a statement the only input is given
// the examples. Sequences are told of masks.
func (m *Model) give(stated []string, sequence bool) (all []given, err error) {
	words := map[string]string{}
	for _, s := range stated {
		name, word, found := strings.Cut(s, "=")
		if !found || m.input(name) == nil {
			return nil, fmt.Errorf("inputs: %q names no input of the model; it has %s, so say it as in --inputs NAME=data, NAME=nonzero, NAME=positions NAME=mask, NAME=lengths or NAME=NUMBER", s, m.Inputs())
		}
		if words[name] != "" {
			return nil, fmt.Errorf("inputs: %s is given twice; give it once with --inputs", name)
		}
		words[name] = word
	}
	if len(m.graph.inputs) == 1 && len(stated) == 0 {
		words[m.graph.inputs[0].name] = giveData
	}
	data := 0
	for _, v := range m.graph.inputs {
		g := given{value: v, word: words[v.name]}
		switch g.word {
		case "":
			return nil, fmt.Errorf("model %s has %d inputs, %s, and nothing says what %s is given; say it for each, as in --inputs %s", m.Path, len(m.graph.inputs), m.Inputs(), v.name, m.suggestion(sequence))
		case giveData:
			data++
		case giveNonzero, givePositions, giveMask, giveLengths:
		default:
			if g.fill, err = strconv.ParseFloat(g.word, 64); err != nil || math.IsNaN(g.fill) || math.IsInf(g.fill, 0) {
				return nil, fmt.Errorf("inputs: %s=%s is none of data, nonzero, positions, mask, lengths and a finite number; say one of them, as in --inputs %[1]s=data", v.name, g.word)
			}
			if !floating(v.element) && g.fill != math.Trunc(g.fill) {
				return nil, fmt.Errorf("inputs: %s takes whole numbers (%s), not %s; give it one, as in --inputs %[1]s=0", v.name, elementName(v.element), g.word)
			}
			g.word = ""
		}
		if v.element == 0 || v.element == typeString || elementNames[v.element] == "" {
			return nil, fmt.Errorf("model %s: its input %s takes elements %s, which no data set holds; move the conversion out of the model", m.Path, v.name, elementName(v.element))
		}
		all = append(all, g)
	}
	if data != 1 {
		return nil, fmt.Errorf("inputs: %d inputs are given the examples, and it must be one; the model has %s: say with --inputs which is NAME=data", data, m.Inputs())
	}
	return all, nil
}

// suggestion is how the inputs might be given, by their names and types.
func (m *Model) suggestion(sequence bool) string {
	var all []string
	for i, v := range m.graph.inputs {
		word := "0"
		switch {
		case i == 0:
			word = giveData
		case strings.Contains(strings.ToLower(v.name), "mask") && sequence:
			word = giveMask
		case strings.Contains(strings.ToLower(v.name), "mask"):
			word = "1"
		case strings.Contains(strings.ToLower(v.name), "length"):
			word = giveLengths
		case strings.Contains(strings.ToLower(v.name), "position"):
			word = givePositions
		}
		all = append(all, v.name+"="+word)
	}
	return strings.Join(all, ",")
}

// fit finds the dimensions of the other inputs from those of the examples: an open
// axis is as long as that of the examples' at the same place, or else as the one of
// the same name.
func (f *Feed) fit() error {
	main := f.main()
	lengths := map[string]int{}
	for i, d := range f.dims {
		if main.value.shaped {
			lengths[main.value.symbols[i+1]] = d
		}
	}
	for i := range f.inputs {
		g := &f.inputs[i]
		v := g.value
		if g.word == giveData {
			g.dims = f.dims
			continue
		}
		switch {
		case !v.shaped:
			return fmt.Errorf("input %s has no shape, so nothing says how %s goes into it; export the model with the shapes of its inputs", v.name, cmp.Or(g.word, "a number"))
		case len(v.dims) == 0 && g.word != "":
			return fmt.Errorf("input %s is a single number, and %s is none; give it a number, as in --inputs %[1]s=0", v.name, g.word)
		case len(v.dims) == 0:
			continue
		case (g.word == giveMask || g.word == giveLengths) && !f.Shape.Sequence():
			return fmt.Errorf("input %s is given the %s of sequences, but examples are %s, %v; give it a number, as in --inputs %[1]s=1", v.name, g.word, f.Shape.KindOf(), f.Shape)
		}
		g.dims = nil
		for j, d := range v.dims[1:] {
			if d < 0 {
				if known, ok := lengths[v.symbols[j+1]]; ok {
					d = known
				} else if j < len(f.dims) {
					d = f.dims[j]
				} else {
					return fmt.Errorf("input %s %s has an open axis %q whose length nothing says; export the model with that axis fixed", v.name, v.shape(), v.symbols[j+1])
				}
			}
			g.dims = append(g.dims, d)
		}
		if want := map[string]int{giveMask: f.Shape.Height, giveLengths: 1}[g.word]; want > 0 && size(g.dims) != want {
			return fmt.Errorf("input %s %s cannot be given the %s of examples of %v: it has %d values an example, and %d are needed", v.name, v.shape(), g.word, f.Shape, size(g.dims), want)
		}
		if g.word == giveNonzero && size(g.dims) != size(f.dims) {
			return fmt.Errorf("input %s %s cannot be the mask of examples of %v: it has %d values an example, and they have %d", v.name, v.shape(), f.dims, size(g.dims), size(f.dims))
		}
	}
	return nil
}

// main is the input that the examples go into.
func (f *Feed) main() *given {
	return &f.inputs[slices.IndexFunc(f.inputs, func(g given) bool { return g.word == giveData })]
}

// names are the inputs of a tapped model.
func (f *Feed) names() []string {
	var all []string
	for _, g := range f.inputs {
		all = append(all, g.value.fed())
	}
	return all
}

// tensors are the inputs for a batch of examples x, [batch, values] in the order of
// data sets, of which sequences have these lengths. An input of whole numbers refuses
// any other number.
func (f *Feed) tensors(x []float32, lengths []int, batch int) ([]tensor, error) {
	var all []tensor
	for _, g := range f.inputs {
		t := tensor{element: typeFloat, dims: append([]int{batch}, g.dims...)}
		if g.value.shaped && len(g.value.dims) == 0 {
			t.dims = nil // a single number for all
		}
		t.data = make([]float32, size(t.dims))
		switch g.word {
		case giveData:
			f.put(t.data, x)
			if !floating(g.value.element) {
				if err := whole(t.data, g.value); err != nil {
					return nil, err
				}
			}
		case giveNonzero:
			for i, v := range x {
				if v != 0 {
					t.data[i] = 1
				}
			}
		case giveMask:
			for i := range t.data {
				if i%f.Shape.Height < lengths[i/f.Shape.Height] {
					t.data[i] = 1
				}
			}
		case giveLengths:
			for i, n := range lengths {
				t.data[i] = float32(n)
			}
		case givePositions:
			last := t.dims[len(t.dims)-1]
			for i := range t.data {
				t.data[i] = float32(i % last)
			}
		default:
			for i := range t.data {
				t.data[i] = float32(g.fill)
			}
		}
		all = append(all, t)
	}
	return all, nil
}

// whole makes values whole numbers that are so but for the rounding of scaling, and
// refuses others: an input of token ids would cut them off.
func whole(values []float32, v value) error {
	const rounding = 1e-3
	for i, x := range values {
		to := math.Round(float64(x))
		if math.Abs(float64(x)-to) > rounding {
			return fmt.Errorf("input %s takes whole numbers (%s), but the examples have the value %v; choose a perturbation that keeps whole numbers, or state --mean and --sd", v.name, elementName(v.element), x)
		}
		values[i] = float32(to)
	}
	return nil
}

// size is the number of values of an array.
func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

// Given says what the inputs but that of the examples are given, for people; "" where
// there are none.
func (f Feed) Given() string {
	var all []string
	for _, g := range f.inputs {
		switch g.word {
		case giveData:
		case "":
			all = append(all, fmt.Sprintf("%s is filled with %v", g.value.name, g.fill))
		default:
			all = append(all, fmt.Sprintf("%s is given the %s", g.value.name, map[string]string{giveNonzero: "mask of what is not 0", givePositions: "positions", giveMask: "mask of its steps", giveLengths: "lengths"}[g.word]))
		}
	}
	return strings.Join(all, ", ")
}
