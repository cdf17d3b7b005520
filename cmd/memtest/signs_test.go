package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What docs/failure-signs.md and docs/faq.md quote is printed: each heading of the first
// has a case that is made and measured here, and prints what the section quotes. The
// second quotes the same cases, and the tutorial's.
// It takes a minute, so it is for .ci/nightly, and for whoever changes what is printed.
func TestGuidesQuoteWhatIsPrinted(t *testing.T) {
	if os.Getenv("MEMTEST_GUIDES") == "" {
		t.Skip("MEMTEST_GUIDES=all makes the cases of docs/failure-signs.md and holds what it quotes against what is printed")
	}
	var all strings.Builder
	quoted := map[string]bool{}
	for _, section := range strings.Split(readPage(t, "failure-signs.md"), "\n### ")[1:] {
		name, text, _ := strings.Cut(section, "\n")
		text, _, _ = strings.Cut(text, "\n## ")
		quoted[name] = true
		s, known := signs[name]
		if !known {
			t.Errorf("failure-signs.md: no case makes %q", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			printed := s.printed(t)
			all.WriteString(printed + " ")
			hold(t, quotes(text), printed)
		})
	}
	for name := range signs {
		if !quoted[name] {
			t.Errorf("failure-signs.md has no section of %q", name)
		}
	}
	t.Run("faq", func(t *testing.T) { hold(t, quotes(readPage(t, "faq.md")), all.String()) })
}

// hold says which quotes are not printed.
func hold(t *testing.T, quotes []string, printed string) {
	t.Helper()
	if len(quotes) == 0 {
		t.Error("nothing is quoted")
	}
	for _, q := range quotes {
		if !strings.Contains(masked(printed), masked(q)) {
			t.Errorf("%q is quoted, and not printed:\n%s", q, printed)
		}
	}
}

// quotes are the block quotes of a page, parted where something is left out.
func quotes(text string) (all []string) {
	for _, paragraph := range strings.Split(text, "\n\n") {
		if q, ok := strings.CutPrefix(strings.TrimSpace(paragraph), "> "); ok {
			for _, part := range strings.Split(strings.ReplaceAll(q, "\n> ", " "), "…") {
				all = append(all, strings.TrimSpace(part))
			}
		}
	}
	return slices.DeleteFunc(all, func(q string) bool { return q == "" })
}

// printed is what the program prints about a case.
func (s sign) printed(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "run")
	code, stdout, stderr := command(append(s.measured(t), "--permutations", "39", "--halves", "-1", "--quiet", "--out", out)...)
	if code != exitDone && stderr == "" {
		t.Fatalf("exit %d, and nothing is said", code)
	}
	if s.seen != nil && !slices.ContainsFunc(readRows(t, out), s.seen) {
		t.Errorf("no row shows what the page says:\n%s", stdout)
	}
	return stdout + stderr
}

// measured are the arguments that measure the case.
func (s sign) measured(t *testing.T) []string {
	t.Helper()
	args := append([]string{"run", "--n", "500", "--net", "mlp:16"}, s.run...)
	if s.config != "" {
		path := filepath.Join(t.TempDir(), "config.yaml")
		if err := os.WriteFile(path, []byte(s.config), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	if s.run == nil {
		file := filepath.Join(tutorial, "learned.npz")
		if s.file != "" {
			file = filepath.Join(tutorial, s.file)
		}
		if s.change != nil {
			f := readArrays(t, file)
			s.change(f)
			file = f.write(t)
		}
		args = []string{"probe", file}
	}
	if !slices.Contains(s.args, "--probes") {
		args = append(args, "--probes", "ridge")
	}
	return append(args, s.args...)
}
