package perturb

import (
	"strings"
	"testing"
)

var contains = strings.Contains

func TestParseRefuses(t *testing.T) {
	for text, words := range map[string][]string{
		"noise":               {`"noise"`, "gaussian, uniform"},
		"":                    {`""`, "gaussian"},
		"gaussian+uniform:1":  {"gaussian has no level"},
		"gaussian:much":       {`"much"`, "gaussian"},
		"gaussian:0":          {"above 0"},
		"gaussian:-1":         {"above 0"},
		"gaussian:NaN":        {"above 0"},
		"gaussian:Inf":        {"above 0"},
		"gaussian:1+":         {`""`},
		"gaussian:1+wobble:2": {`"wobble"`, "choose one of"},
	} {
		_, err := Parse(text)
		if err == nil {
			t.Errorf("%q was accepted", text)
			continue
		}
		for _, w := range words {
			if !contains(err.Error(), w) {
				t.Errorf("%q: error %q does not say %q", text, err, w)
			}
		}
	}
}

func TestCompositionNameCanBeParsed(t *testing.T) {
	for _, text := range compositions {
		p := mustParse(t, text)
		if p.Name() != text {
			t.Errorf("%q became %q", text, p.Name())
		}
	}
	p := mustParse(t, " gaussian:0.10 + uniform:1 ")
	if p.Name() != "gaussian:0.1+uniform:1" {
		t.Errorf("name %q", p.Name())
	}
	for _, text := range []string{"rotate:1e7", "rotate:1e+07", "rotate:10000000+gaussian:1E+2"} {
		p := mustParse(t, text)
		if again := mustParse(t, p.Name()); again.Name() != p.Name() || p.(Composition).parts[0].Level != 1e7 {
			t.Errorf("%q became %q, then %q", text, p.Name(), again.Name())
		}
	}
	if err := p.Check(1e4, images().Shape); err == nil || !contains(err.Error(), "gaussian: level 1000") {
		t.Errorf("level of a part: %v", err)
	}
}

// Compositions that differ by a level alone draw the same numbers.
func TestCompositionSharesDraws(t *testing.T) {
	a := copies(t, images(), mustParse(t, "gaussian:0.1+gaussian:0.2"), 1, 3)
	b := copies(t, images(), mustParse(t, "gaussian:0.2+gaussian:0.4"), 0.5, 3)
	if !sameBits(a.X, b.X) {
		t.Error("levels of parts and the level of the whole do not multiply")
	}
	alone := copies(t, images(), mustParse(t, "gaussian"), 0.3, 3)
	if sameBits(a.X, alone.X) {
		t.Error("two parts drew one stream")
	}
}
