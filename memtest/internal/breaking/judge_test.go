//go:build linux

package main

import (
	"bufio"
	"slices"
	"strings"
	"syscall"
	"testing"
)

func TestOutcomesAreJudged(t *testing.T) {
	said := "memtest: data x.npz: its header promises more than it holds; give the whole file\n"
	for name, c := range map[string]struct {
		o    outcome
		held bool
	}{
		"done":                      {outcome{}, true},
		"done, with notes":          {outcome{stderr: "one\ntwo\n"}, true},
		"bad input":                 {outcome{code: 2, stderr: said}, true},
		"failed":                    {outcome{code: 1, stderr: said}, true},
		"failed without a word":     {outcome{code: 1}, false},
		"two lines":                 {outcome{code: 2, stderr: "memtest: yaml: unmarshal errors:\n  line 4: field x\n"}, false},
		"a panic":                   {outcome{code: 2, stderr: "panic: runtime error: makeslice: len out of range\n\ngoroutine 1 [running]:\n"}, false},
		"a panic in one line":       {outcome{code: 2, stderr: "panic: runtime error: index out of range\n"}, false},
		"out of memory":             {outcome{code: 2, stderr: "fatal error: runtime: out of memory\n\nruntime stack:\n"}, false},
		"another status":            {outcome{code: 3, stderr: said}, false},
		"ended by a signal":         {outcome{code: -1, signal: syscall.SIGSEGV}, false},
		"hung":                      {outcome{code: -1, signal: syscall.SIGKILL, late: true}, false},
		"much memory":               {outcome{memory: room + 1}, false},
		"long, interrupted":         {outcome{code: 130, interrupted: true, stderr: said}, true},
		"interrupted by itself":     {outcome{code: 130, stderr: said}, false},
		"words of Go in a sentence": {outcome{code: 2, stderr: "memtest: goroutines: there is no such flag\n"}, true},
	} {
		if err := civil(c.o, room); (err == nil) != c.held {
			t.Errorf("%s: %v", name, err)
		}
	}
	if done(outcome{code: 2, stderr: said}) == nil || done(outcome{}) != nil {
		t.Error("a refusal is not done, status 0 is")
	}
}

func TestResultsAreCompared(t *testing.T) {
	report := "| Started | 1 |\n| Took | 2s |\n| Command | memtest run |\nlearning 0.5\n"
	want := tree{"rows.jsonl": []byte("a\nb\n"), "report.md": []byte(report), "report.html": []byte("x")}
	with := func(name, contents string) tree {
		got := tree{}
		for n, b := range want {
			got[n] = b
		}
		got[name] = []byte(contents)
		return got
	}
	missing := with("rows.csv", "")
	delete(missing, "rows.jsonl")
	for name, c := range map[string]struct {
		got  tree
		same bool
	}{
		"the same":        {want, true},
		"another row":     {with("rows.jsonl", "a\nc\n"), false},
		"a row more":      {with("rows.jsonl", "a\nb\nc\n"), false},
		"another file":    {with("rows.csv", "a"), false},
		"no rows":         {missing, false},
		"other times":     {with("report.md", "| Started | 7 |\n| Took | 9s |\n| Command | memtest run --resume |\nlearning 0.5\n"), true},
		"other learning":  {with("report.md", strings.Replace(report, "0.5", "0.6", 1)), false},
		"pages are drawn": {with("report.html", "y"), true},
	} {
		if err := sameResults(want, c.got); (err == nil) != c.same {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFoldersAreCompared(t *testing.T) {
	before := tree{"rows.jsonl": []byte("a"), ".lock": nil}
	for name, c := range map[string]struct {
		after     tree
		untouched bool
	}{
		"the same":      {tree{"rows.jsonl": []byte("a"), ".lock": []byte("b")}, true},
		"changed":       {tree{"rows.jsonl": []byte("b"), ".lock": nil}, false},
		"a file more":   {tree{"rows.jsonl": []byte("a"), "labels.npz": nil}, false},
		"a file less":   {tree{".lock": nil}, false},
		"became a lock": {tree{"rows.jsonl": []byte("a")}, true},
	} {
		if err := untouched(before, c.after); (err == nil) != c.untouched {
			t.Errorf("%s: %v", name, err)
		}
	}
	if swept(tree{".lock": nil, "cells/a.gob.gz": nil}) != nil || swept(tree{"cells/.a.gob.gz-123": nil}) == nil {
		t.Error("a temporary file is left behind, a lock is not")
	}
	want, damaged := tree{"rows.jsonl": []byte("a\nb\n")}, tree{"rows.jsonl": []byte("a\nx\n")}
	if unspoiled(damaged, damaged, want) != nil || unspoiled(damaged, tree{"rows.jsonl": []byte("a\nb\n")}, want) != nil || unspoiled(damaged, tree{"rows.jsonl": []byte("a\ny\n")}, want) == nil {
		t.Error("rows that were there and those of an undisturbed run may stay, others may not")
	}
}

func TestTracesAreRead(t *testing.T) {
	log := `17819 openat(AT_FDCWD</w>, "/etc/hosts", O_RDONLY) = 5</etc/hosts>
17819 openat(AT_FDCWD</w>, "out/.lock", O_RDONLY|O_CREAT, 0600) = 5</w/out/.lock>
17820 write(8</w/out/rows.jsonl>, "{}", 2) = 2
17820 write(8</w/out/rows.jsonl>, "{}", 2 <unfinished ...>
17820 <... write resumed>) = 2
17819 write(2</dev/null>, "", 0) = 0
17819 renameat(AT_FDCWD</w>, "out/.a-1", AT_FDCWD</w>, "out/a") = 0
`
	got, err := parseTrace(bufio.NewScanner(strings.NewReader(log)), "/w/out")
	want := []operation{{"openat", 2}, {"write", 1}, {"write", 2}, {"renameat", 1}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	if _, err := parseTrace(bufio.NewScanner(strings.NewReader("")), "/w/out"); err == nil {
		t.Error("a log without operations is no log of a run")
	}
}

func TestFewTrialsAreSpreadOverMany(t *testing.T) {
	for _, a := range attacks() {
		few := a.numbers(true)
		if len(few) != a.short || len(a.numbers(false)) != a.full {
			t.Errorf("%s: %d and %d trials", a.name, len(few), len(a.numbers(false)))
		}
		slices.Sort(few)
		if len(slices.Compact(few)) != a.short || a.short > 0 && few[len(few)-1] >= a.full {
			t.Errorf("%s: trials %v of %d", a.name, few, a.full)
		}
	}
}

func TestTextIsPlainAndTablesAreGuarded(t *testing.T) {
	for text, is := range map[string]bool{"a\tb\n": true, "日本語, σ ± 1": true, "a\x1b[31m": false, "a\rb": false, "\u202ea": false, "\u0085": false} {
		if err := plain(text); (err == nil) != is {
			t.Errorf("%q: %v", text, err)
		}
	}
	for table, is := range map[string]bool{"a,-0.5,+1e3\n": true, "a,'=1\n": true, "-,a\n": true, "a,=1\n": false, "a,\"@SUM(A1)\"\n": false, "-1+1,a\n": false, "a,\"b\n": false} {
		if err := guarded([]byte(table)); (err == nil) != is {
			t.Errorf("%q: %v", table, err)
		}
	}
}

func TestWhatIsWrittenElsewhereIsFound(t *testing.T) {
	input := tree{"d.csv": []byte("=1\n")}
	for name, held := range map[string]bool{"a/b/c/out/rows.jsonl": true, "a/b/c/temp/x": true, "a/b/c/x": false, "a/b/x": false, "x": false} {
		top := t.TempDir()
		if err := (tree{"a/b/c/d.csv": []byte("=1\n"), name: nil}).write(top); err != nil {
			t.Fatal(err)
		}
		if err := written(top, input); (err == nil) != held {
			t.Errorf("%s: %v", name, err)
		}
	}
}
