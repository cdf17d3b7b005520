//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// attack is a way to break the program, tried many times.
type attack struct {
	name, about string
	full, short int // trials
	try         func(t *trial) error
}

// numbers are those of the trials. Few are spread over the many, since some
// attacks go through lists; the step is a prime, and so has no period of theirs.
func (a attack) numbers(short bool) []int {
	n := a.full
	if short {
		n = a.short
	}
	step := 1
	if n < a.full {
		step = 7919
	}
	all := make([]int, n)
	for i := range all {
		all[i] = i * step % a.full
	}
	return all
}

// attacks are all there are, in the order of the table.
func attacks() []attack {
	return []attack{
		{"kills", "SIGKILL of run, probe, onnx, report, export and growing runs, once to three times, every third at an operation on a file; then `--resume`", 600, 20, killAtAnyMoment},
		{"kills-xla", "the same of run, on XLA", 30, 0, killOnXLA},
		{"kills-paper", "SIGKILL of paper, four times", 4, 0, killPaper},
		{"flips", "one bit of one file of a finished or an unfinished folder flipped; then report or `--resume`", 1200, 40, flipBit},
		{"readers", "mutated input files of every format, for the command that reads them, in 2 GiB", 3000, 90, readMutated},
		{"folders", "mutated files of a run's folder, for report, `--resume`, compare, plan and export, in 2 GiB", 800, 20, readMutatedFolder},
		{"signals", "SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGSTOP and SIGCONT, standard output broken or full; then `--resume`", 160, 8, sendSignal},
		{"disks", "disks of 4 kB to 2 MB, and files that may not grow; then `--resume` with space", 90, 6, fillDisk},
		{"bombs", "files that unpack to or promise more than there is, flags that ask for it, in 2 GiB", len(bombs), 8, explode},
		{"states", "every file of a folder missing, empty, cut, a folder, a link, a pipe; then report and `--resume`", 20 * len(folderStates) * len(disturbances), 20, disturb},
		{"replaced", "data, test data, network or backend replaced; then `--resume` of an unfinished, finished or growing run", 3 * len(replacements), 6, replaceInput},
		{"names", "networks, features, layers and classes with names that are paths, formulas, markup, control characters", len(places) * len(hostileNames), 4, nameIt},
		{"races", "two processes at once in one folder", 40, 3, race},
		{"locks", "no locks on the disk (ENOSYS, ENOLCK, EOPNOTSUPP of flock), with one process or two", 24, 2, refuseLocks},
	}
}

// bench is what all trials share.
type bench struct {
	program string // memtest
	models  string // folder of ONNX files
	dir     string // of everything that is written
	seed    uint64

	mu         sync.Mutex
	references map[string]*reference
	cutShort   sync.Map // folders of unfinished runs, by task and number
}

// trial is one attempt to break the program, in an empty folder of its own.
type trial struct {
	*bench
	rand   *rand.Rand
	number int
	dir    string
	notes  []string // what happened, to be counted
}

// note has the table count something that happened.
func (t *trial) note(what string) { t.notes = append(t.notes, what) }

// errSkipped is returned by trials that cannot be made on this machine.
type errSkipped struct{ why string }

func (e errSkipped) Error() string { return e.why }

// result is what came out of the trials of one attack.
type result struct {
	attack
	tried   int
	skipped map[string]int // by reason
	notes   map[string]int
	wrong   []string // each with how to repeat it
}

// attack makes these trials, some at a time; failures are told as they come. When
// ctx ends, no further one begins.
func (b *bench) attack(ctx context.Context, a attack, numbers []int, workers int, stderr io.Writer) result {
	r := result{attack: a, notes: map[string]int{}, skipped: map[string]int{}}
	next := make(chan int)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := range next {
				notes, err := b.one(a, i)
				mu.Lock()
				r.add(b.seed, i, notes, err, stderr)
				mu.Unlock()
			}
		})
	}
	for _, i := range numbers {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	all.Wait()
	return r
}

// one makes a trial.
func (b *bench) one(a attack, i int) ([]string, error) {
	dir := filepath.Join(b.dir, fmt.Sprintf("%s-%d", a.name, i))
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", a.name, i)
	t := &trial{bench: b, rand: rand.New(rand.NewPCG(b.seed, h.Sum64())), number: i, dir: dir}
	err := a.try(t)
	return t.notes, err
}

// add counts a trial.
func (r *result) add(seed uint64, i int, notes []string, err error, stderr io.Writer) {
	var skipped errSkipped
	if errors.As(err, &skipped) {
		r.skipped[skipped.why]++
		return
	}
	r.tried++
	for _, n := range notes {
		r.notes[n]++
	}
	if err != nil {
		line := fmt.Sprintf("%s  [.ci/break -seed %d -only %s -trial %d]", strings.ReplaceAll(err.Error(), "\n", " / "), seed, r.name, i)
		r.wrong = append(r.wrong, line)
		fmt.Fprintf(stderr, "WRONG: %s: %s\n", r.name, line)
	}
}
