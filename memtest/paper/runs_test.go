package paper

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest/result"
)

func TestSettings(t *testing.T) {
	for _, setting := range []string{"small", "full"} {
		runs, err := Runs(setting)
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]bool{}
		for _, r := range runs {
			if names[r.Name] {
				t.Errorf("%s: two runs are named %s", setting, r.Name)
			}
			names[r.Name] = true
			if _, err := r.Config.Resolve(); err != nil {
				t.Errorf("%s, %s: %v", setting, r.Name, err)
			}
		}
	}
	if _, err := Runs("huge"); err == nil || !strings.Contains(err.Error(), "small or full") {
		t.Errorf("the error of an unknown setting is %v", err)
	}
}

// Sections are measured alone by their names, and have all that they read.
func TestSectionsAlone(t *testing.T) {
	all := synthetic(t, nil)
	for _, name := range Sections() {
		runs, err := Runs("small", name)
		if err != nil {
			t.Fatal(err)
		}
		part := all
		part.Only, part.Rows = []string{name}, map[string][]result.Row{}
		for _, r := range runs {
			part.Rows[r.Name] = all.Rows[r.Name]
		}
		d, err := Document(part)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if len(d.Sections) != 2 { // with how it was made
			t.Errorf("%s: %d sections", name, len(d.Sections))
		}
	}
	if _, err := Runs("small", "zoos"); err == nil || !strings.Contains(err.Error(), "choose from mlp,") {
		t.Errorf("the error of an unknown section is %v", err)
	}
}
