package result

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestManifest(t *testing.T) {
	m := NewManifest([]string{"memtest", "run", "--out", "my runs/it's", ""}, time.Now())
	if got, want := m.CommandLine(), `memtest run --out 'my runs/it'\''s' ''`; got != want {
		t.Errorf("command %s, want %s", got, want)
	}
	for in, want := range map[string]string{
		"":                       "is not a manifest",
		`{"format":9}`:           "has format 9, but this program knows formats up to 3",
		`{"seeds":"one"}`:        `field "seeds" holds a string`,
		`{"unfinished":true} xx`: "is not a manifest",
	} {
		if _, err := ParseManifest([]byte(in), "manifest.json"); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, ErrInput) {
			t.Errorf("manifest %q: error %v, want %q", in, err, want)
		}
	}
}
