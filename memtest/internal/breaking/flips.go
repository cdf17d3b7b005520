//go:build linux

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// flipBit flips one bit of one file of a finished or of an unfinished run, then
// reports or goes on: the same rows, or a sentence.
func flipBit(t *trial) error {
	k := taskRun
	if t.number%4 == 3 {
		k = taskProbe
	}
	finished, resume := t.number%2 == 0, t.rand.IntN(2) == 0
	want, err := t.begin(k, false)
	if err != nil {
		return err
	}
	folder := want.out
	if !finished {
		if folder, err = t.unfinished(k); err != nil {
			return err
		}
	}
	if err := folder.write(t.out()); err != nil {
		return err
	}
	pages := "" // what report says of the folder as it was
	if !resume && !finished {
		if _, pages, err = t.reported(); err != nil {
			return err
		}
	} else if !resume {
		pages = string(want.out["rows.csv"])
	}
	name, err := t.flip(folder)
	if err != nil {
		return err
	}
	if resume {
		err = t.resumeFlipped(want, k)
	} else {
		err = t.reportFlipped(pages)
	}
	if err != nil {
		state := map[bool]string{true: "finished", false: "unfinished"}[finished]
		return fmt.Errorf("%s, %s %s: %w", name, state, k.name, err)
	}
	return nil
}

// flip flips a bit of a file in the trial's folder; which one, it says.
func (t *trial) flip(folder tree) (string, error) {
	names := slices.DeleteFunc(folder.names(), func(n string) bool { return len(folder[n]) == 0 || strings.HasPrefix(n, ".") })
	name := names[t.rand.IntN(len(names))]
	b := slices.Clone(folder[name])
	at := t.rand.IntN(8 * len(b))
	b[at/8] ^= 1 << (at % 8)
	return fmt.Sprintf("bit %d of %s", at, name), os.WriteFile(filepath.Join(t.out(), name), b, 0o644)
}

// resumeFlipped goes on; a refusal leaves the rows as they are.
func (t *trial) resumeFlipped(want *reference, k task) error {
	before, err := readTree(t.out())
	if err != nil {
		return err
	}
	o, err := t.start(call{args: append(slices.Clone(k.args), "--resume"), in: t.dir})
	if err != nil {
		return err
	}
	after, err := readTree(t.out())
	if err != nil {
		return err
	}
	if o.code != 0 || o.signal != 0 {
		t.note("refused with a sentence")
		if err := refused(o); err != nil {
			return err
		}
		return unspoiled(before, after, want.out)
	}
	t.note("the same rows")
	// Pages also show what only manifest.json says, such as the machine.
	return sameFiles([]string{"rows.jsonl", "rows.csv", "examples.csv"}, want.out, after)
}

// unspoiled is an error where a refusal left rows that are neither those that were
// there nor those of an undisturbed run.
func unspoiled(before, after, want tree) error {
	known := map[string]bool{}
	for _, t := range []tree{before, want} {
		for line := range strings.Lines(string(t["rows.jsonl"])) {
			known[strings.TrimSuffix(line, "\n")] = true
		}
	}
	for line := range strings.Lines(string(after["rows.jsonl"])) {
		if !known[strings.TrimSuffix(line, "\n")] {
			return fmt.Errorf("a refusal left a row that was not there: %.200s", line)
		}
	}
	return nil
}

// reported draws the pages, and returns what is in rows.csv then.
func (t *trial) reported() (outcome, string, error) {
	o, err := t.start(call{args: []string{"report", "out"}, in: t.dir})
	if err != nil {
		return o, "", err
	}
	b, err := os.ReadFile(filepath.Join(t.out(), "rows.csv"))
	if os.IsNotExist(err) {
		err = nil
	}
	return o, string(b), err
}

func (t *trial) reportFlipped(pages string) error {
	o, got, err := t.reported()
	if err != nil {
		return err
	}
	if o.code != 0 || o.signal != 0 {
		t.note("refused with a sentence")
		return refused(o)
	}
	if err := crash(o); err != nil {
		return err
	}
	if got != pages && strings.TrimSpace(o.stderr) == "" {
		return fmt.Errorf("report shows other rows without a word, %s", differs([]byte(pages), []byte(got)))
	}
	t.note("the same rows")
	return nil
}

// unfinished is the folder of a task that was killed when it had some rows, one of
// four.
func (t *trial) unfinished(k task) (tree, error) {
	key := fmt.Sprint(k.name, t.number%4)
	if known, there := t.cutShort.Load(key); there {
		return known.(tree), nil
	}
	folder, err := t.killed(k)
	if err == nil {
		t.cutShort.Store(key, folder)
	}
	return folder, err
}

// killed kills a task when it has some rows, how many depends on the trial.
func (t *trial) killed(k task) (tree, error) {
	want, err := t.reference(k, false)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(t.dir, "killed")
	if err := want.input.write(dir); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	enough := min(1+2*(t.number%4), rowsOf(want.out)-2)
	for range 20 {
		out := filepath.Join(dir, "out")
		_, err := t.start(call{args: k.args, in: dir, during: func(p *os.Process) {
			for rowsIn(out) < enough && p.Signal(syscall.Signal(0)) == nil {
				time.Sleep(time.Millisecond)
			}
			p.Kill()
		}})
		if err != nil {
			return nil, err
		}
		if rows := rowsIn(out); rows > 0 && rows < rowsOf(want.out) {
			return readTree(out)
		}
		if err := os.RemoveAll(out); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("twenty kills of %s came too late", k.name)
}

func rowsOf(t tree) int { return strings.Count(string(t["rows.jsonl"]), "\n") }
