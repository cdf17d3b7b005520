//go:build linux

// Command breaking breaks memtest from outside, again and again, as machines,
// disks and people do: it kills and stops whole processes, flips bits, fills disks,
// and gives every reader files that are not what they should be. It prints a
// Markdown table of what it tried and what held; its exit status is 1 where anything
// did not. .ci/break builds and runs it; docs/reliability.md says what is promised.
//
// Every trial is drawn from the seed, the name of its attack and its number alone, so
// that one that failed can be tried again by itself; only when a kill arrives depends
// on the machine.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

func main() {
	// What is mounted and running is taken away before the end.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run executes a command line without the program's name and returns the exit
// status: 0 all held, 1 something did not, 2 bad usage, 130 interrupted, after the
// table of what was tried.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("breaking", flag.ContinueOnError)
	flags.SetOutput(stderr)
	program := flags.String("memtest", "", "the program to break, built")
	root := flags.String("root", ".", "root of the repository, for model files")
	seed := flags.Uint64("seed", 1, "seed of all that is drawn")
	short := flags.Bool("short", false, "few trials of each attack, less than a minute")
	only := flags.String("only", "", "names of attacks, separated by commas (default all)")
	number := flags.Int("trial", -1, "this trial only, of the one attack in -only")
	workers := flags.Int("workers", 2, "trials at a time")
	if flags.Parse(args) != nil {
		return 2
	}
	chosen, err := choose(*only, *number)
	if err != nil {
		fmt.Fprintln(stderr, "breaking:", err)
		return 2
	}
	dir, err := os.MkdirTemp("", "breaking-")
	if err != nil {
		fmt.Fprintln(stderr, "breaking:", err)
		return 2
	}
	defer os.RemoveAll(dir)
	b, err := newBench(*program, *root, dir, *seed)
	if err != nil {
		fmt.Fprintln(stderr, "breaking:", err)
		return 2
	}
	var results []result
	for _, a := range chosen {
		numbers := a.numbers(*short)
		if *number >= 0 {
			numbers = []int{*number}
		}
		if len(numbers) == 0 || ctx.Err() != nil {
			continue
		}
		begun := time.Now()
		r := b.attack(ctx, a, numbers, *workers, stderr)
		fmt.Fprintf(stderr, "%s: %d tried, %d wrong (%.0f s)\n", a.name, r.tried, len(r.wrong), time.Since(begun).Seconds())
		results = append(results, r)
	}
	table(stdout, results)
	if ctx.Err() != nil {
		return 130
	}
	if slices.ContainsFunc(results, func(r result) bool { return len(r.wrong) > 0 }) {
		return 1
	}
	return 0
}

// choose is the attacks of these names, in their own order; "" = all.
func choose(names string, number int) ([]attack, error) {
	all := attacks()
	if names == "" {
		if number >= 0 {
			return nil, fmt.Errorf("-trial %d is of which attack? name it in -only", number)
		}
		return all, nil
	}
	var chosen []attack
	for name := range strings.SplitSeq(names, ",") {
		i := slices.IndexFunc(all, func(a attack) bool { return a.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no attack %q; choose from %s", name, strings.Join(namesOf(all), ", "))
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

func namesOf(all []attack) []string {
	var names []string
	for _, a := range all {
		names = append(names, a.name)
	}
	return names
}

// newBench checks what the attacks need.
func newBench(program, root, dir string, seed uint64) (*bench, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(program); err != nil || info.IsDir() {
		return nil, fmt.Errorf("-memtest %s is no program", program)
	}
	models := filepath.Join(root, "memtest", "onnx", "testdata")
	if _, err := os.Stat(models); err != nil {
		return nil, fmt.Errorf("-root %s is not the root of the repository: %w", root, err)
	}
	return &bench{program: program, models: models, dir: dir, seed: seed, references: map[string]*reference{}}, nil
}
