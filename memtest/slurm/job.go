// Package slurm writes the scripts by which a run in shards goes through the
// workload manager Slurm, and hands them to its sbatch.
//
//  1. Job.Script is job.sh, an array with a task for each shard; Job.MergeScript is
//     merge.sh, which joins what the tasks have measured.
//  2. Submission.Submit submits both, the merge to start when all tasks have ended.
//  3. ShardsOf and ArrayOf read a job.sh that people have edited.
//
// It schedules nothing and waits for nothing: that is Slurm's.
package slurm

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"
)

// Job is a run in shards, as its scripts hold it. The paths are absolute.
type Job struct {
	Name    string   // that squeue shows
	Dir     string   // folder that names of files in the configuration are relative to
	Program string   // the executable
	Args    []string // of `memtest run`, without --out and --shard
	Merge   []string // of `memtest merge`, without the folder
	Out     string   // folder of the run
	Shards  int
	Requeue bool     // whether a task that comes to its time limit, or loses its node, is begun again
	Options []string // of sbatch, a word each as typed
}

// MostShards is how many tasks an array may have where a cluster keeps Slurm's own
// setting (MaxArraySize).
const MostShards = 1000

// LogFolder is the folder below the folder of a run into which tasks print. Slurm does
// not make it.
var LogFolder = filepath.Join("shards", "log")

// Script is job.sh.
func (j Job) Script() ([]byte, error) {
	options, err := j.check()
	if err != nil {
		return nil, err
	}
	requeue, args := "--no-requeue", append([]string{"run"}, j.Args...)
	if j.Requeue {
		requeue = "--requeue"
	}
	var b bytes.Buffer
	b.WriteString("#!/bin/bash\n" +
		"# Written by `memtest submit`, which takes it as it stands from now on: change it as your cluster asks for.\n")
	directive(&b, "--job-name="+j.Name)
	directive(&b, fmt.Sprintf("--array=1-%d", j.Shards))
	directive(&b, requeue)
	directive(&b, "--signal=B:USR1@60") // to the task itself a minute before its time limit, so that it saves
	directive(&b, "--open-mode=append") // a task that is begun again would empty its log
	directive(&b, "--output="+j.log("%A_%a.out"))
	for _, option := range options {
		directive(&b, option...)
	}
	j.start(&b)
	fmt.Fprintf(&b, "exec %s --out %s --shard \"$SLURM_ARRAY_TASK_ID/%d\"", Line(append([]string{j.Program}, args...)), Line([]string{j.Out}), j.Shards)
	if j.Requeue {
		b.WriteString(" --requeue")
	}
	b.WriteString("\n")
	return b.Bytes(), nil
}

// MergeScript is merge.sh. Of the options typed it has those that say where, for how
// long and on whose account: what a task is given, such as GPUs, a merge does not need.
func (j Job) MergeScript() ([]byte, error) {
	options, err := j.check()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	b.WriteString("#!/bin/bash\n" +
		"# Written by `memtest submit`: joins what the shards have measured, and says what is missing.\n")
	directive(&b, "--job-name="+j.Name+"-merge")
	directive(&b, "--output="+j.log("merge_%j.out"))
	for _, option := range ofMerge(options) {
		directive(&b, option...)
	}
	j.start(&b)
	fmt.Fprintf(&b, "exec %s\n", Line(append([]string{j.Program, "merge", j.Out}, j.Merge...)))
	return b.Bytes(), nil
}

// start is what both scripts begin with once options are stated.
func (j Job) start(b *bytes.Buffer) {
	fmt.Fprintf(b, "\n# What the program needs goes here, as in: module load cuda\n\n"+
		"# Names of files in the configuration are relative to the folder in which `memtest submit` was typed.\n"+
		"cd %s || exit\n\n", Line([]string{j.Dir}))
}

// log is the path of a log, in which Slurm replaces what follows a %.
func (j Job) log(name string) string {
	return filepath.Join(strings.ReplaceAll(filepath.Join(j.Out, LogFolder), "%", "%%"), name)
}

// check refuses what no script can hold, and is the options of sbatch one by one.
func (j Job) check() ([][]string, error) {
	if j.Shards < 1 || j.Shards > MostShards {
		return nil, fmt.Errorf("shards: %d is outside 1..%d, the tasks that Slurm takes in one array unless a cluster allows more", j.Shards, MostShards)
	}
	words := append([]string{j.Name, j.Dir, j.Program, j.Out}, slices.Concat(j.Args, j.Merge, j.Options)...)
	for _, word := range words {
		if strings.ContainsFunc(word, unicode.IsControl) {
			return nil, fmt.Errorf("%q holds a line break or another control character, which a job script cannot: give another name", word)
		}
	}
	// Slurm takes a backslash in the path of a log for a word that nothing is replaced in.
	if strings.Contains(j.Out, `\`) {
		return nil, fmt.Errorf("%q holds a backslash, which Slurm does not take in the path of a log: give another folder with --out", j.Out)
	}
	options, err := grouped(j.Options)
	if err != nil {
		return nil, err
	}
	for _, option := range options {
		switch name := nameOf(option); name {
		case "--array", "-a":
			return nil, errors.New("the tasks of the array are the shards: give their number with --shards, and edit the line --array of job.sh for a limit, as in 1-8%4")
		case "--requeue", "--no-requeue":
			return nil, errors.New("whether tasks are begun again is said before the --: leave it to memtest submit, or give it --no-requeue there")
		case "--parsable", "--wrap", "--output", "-o", "--wait", "-W", "--test-only":
			return nil, fmt.Errorf("the option %s of sbatch does not go with memtest submit: leave it out", name)
		}
	}
	return options, nil
}
