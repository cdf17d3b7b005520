package result

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestSealHoldsWhatAValueIs(t *testing.T) {
	for _, text := range []string{`{"a":1,"b":[0.1,-0,2e-7],"c":{"d":null}}` + "\n", "{\n  \"a\": 18446744073709551615,\n  \"b\": \"ü\"\n}\n", `{}`, "{ \"a\" : true }"} {
		sealed, err := Seal([]byte(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var a, b map[string]any
		if err := json.Unmarshal(sealed, &a); err != nil {
			t.Fatalf("%s: %v", sealed, err)
		}
		if err := json.Unmarshal([]byte(text), &b); err != nil || len(a) != len(b)+1 {
			t.Errorf("%s became %s", text, sealed)
		}
		if err := CheckSeal(sealed); err != nil {
			t.Errorf("%s: %v", sealed, err)
		}
		if strings.HasSuffix(text, "\n") != strings.HasSuffix(string(sealed), "\n") {
			t.Errorf("the end of %q changed: %q", text, sealed)
		}
	}
	sealed, err := Seal([]byte(`{"a":0.5,"b":1e3}`))
	if err != nil {
		t.Fatal(err)
	}
	// What other programs do to a row: other order, spaces and digits, same values.
	_, sum, _ := strings.Cut(string(sealed), `"sum":`)
	if err := CheckSeal([]byte(`{ "sum": ` + strings.TrimSuffix(sum, "}") + `, "b": 1000.0, "a": 5E-1 }`)); err != nil {
		t.Errorf("the same values are refused: %v", err)
	}
	for _, wrong := range []string{`{"a":0.5,"b":1001.0,"sum":` + sum, `{"a":0.5,"sum":` + sum, `{"a":0.5,"b":1e3,"sum":null}`, `{"a":0.5,"b":1e3,"sum":"0000000000000000"}`} {
		if err := CheckSeal([]byte(wrong)); err == nil {
			t.Errorf("%s passes", wrong)
		}
	}
	if err := CheckSeal([]byte(`{"a":0.5}`)); err != nil {
		t.Errorf("an object of an older program: %v", err)
	}
	for _, none := range []string{``, `null`, `[1]`, `{"a":`, `3`} {
		if _, err := Seal([]byte(none)); err == nil {
			t.Errorf("%q was sealed", none)
		}
	}
}

// Of a sealed row, a flipped bit leaves the values as they were, or the row is
// refused.
func TestEveryFlippedBitOfARowIsSeen(t *testing.T) {
	line, err := sample(0.3).Line()
	if err != nil {
		t.Fatal(err)
	}
	want, err := parse(line)
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range line[:len(line)-1] {
		flipped := []byte(string(line))
		flipped[i] ^= 1 << r.IntN(8)
		got, err := parse(flipped)
		if err == nil && !same(got, want) {
			t.Errorf("byte %d flipped: %s", i, flipped)
		}
	}
}

func same(a, b Row) bool {
	x, _ := a.Line()
	y, _ := b.Line()
	return string(x) == string(y)
}
