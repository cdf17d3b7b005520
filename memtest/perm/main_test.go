package perm

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/simulation.md anew")

// Property tests draw the same cases in every run unless -rapid.seed is given,
// and leave no files behind.
func TestMain(m *testing.M) {
	flag.Parse()
	given := map[string]bool{}
	flag.Visit(func(f *flag.Flag) { given[f.Name] = true })
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if !given[name] {
			flag.Set(name, value)
		}
	}
	os.Exit(m.Run())
}
