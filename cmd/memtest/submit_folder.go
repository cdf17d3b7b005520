package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/memtest/slurm"
)

// Files that submit puts beside the shards.
const (
	configFile  = "config.yaml"
	programFile = "memtest"
	jobFile     = "job.sh"
	mergeFile   = "merge.sh"
)

// shardsFolder is the folder OUT/shards.
type shardsFolder struct {
	out    string
	resume bool
	typed  bool // whether flags were that job.sh holds
}

func (d shardsFolder) path(name string) string { return filepath.Join(d.out, "shards", name) }

// shards is the number of shards that job.sh is of; 0 where there is none.
func (d shardsFolder) shards() (int, error) {
	script, err := os.ReadFile(d.path(jobFile))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	n, err := slurm.ShardsOf(script)
	if err != nil {
		return 0, usage(fmt.Errorf("%s is not submitted: %w", d.path(jobFile), err))
	}
	return n, nil
}

// write puts configuration, program and scripts into the folder, all checks first.
// Scripts that are there are kept, since people edit them.
func (d shardsFolder) write(config []byte, job slurm.Job, log io.Writer) (kept bool, err error) {
	if err := d.check(config, job.Shards); err != nil {
		return false, err
	}
	script, err := job.Script()
	if err != nil {
		return false, usage(err)
	}
	merge, err := job.MergeScript()
	if err != nil {
		return false, usage(err)
	}
	if err := os.MkdirAll(filepath.Join(d.out, slurm.LogFolder), 0o777); err != nil {
		return false, usage(err)
	}
	old, err := os.ReadFile(d.path(jobFile))
	// To go on, nothing need be typed again.
	if as := bytes.Equal(old, script) || d.resume && (!d.typed || bytes.Contains(old, startLine(script))); err == nil && !as {
		fmt.Fprintf(log, "%s is submitted as it stands, which is not as it would be written now: remove it and %s to have them written anew.\n", d.path(jobFile), mergeFile)
	}
	if err := atomicfile.WriteFile(d.path(configFile), config); err != nil {
		return false, err
	}
	if err := copyProgram(d.path(programFile), log); err != nil {
		return false, err
	}
	keptJob, err := writeNew(d.path(jobFile), script)
	if err != nil {
		return false, err
	}
	keptMerge, err := writeNew(d.path(mergeFile), merge)
	return keptJob || keptMerge, err
}

// writeNew writes a file that is not there yet; what is there is kept.
func writeNew(path string, text []byte) (kept bool, err error) {
	if _, err := os.Stat(path); err == nil {
		return true, nil
	}
	return false, atomicfile.WriteFile(path, text)
}

// startLine is the line of a script that begins the program.
func startLine(script []byte) []byte {
	script = bytes.TrimSuffix(script, []byte("\n"))
	return script[bytes.LastIndexByte(script, '\n')+1:]
}

// literalOut finds a folder that a job.sh names by itself; one that people have made a
// variable of the shell is theirs to know.
var literalOut = regexp.MustCompile(`(?m)^[^#\n]*--out[ =]+[^"$ ]`)

// check refuses a folder that holds something else than this run in so many shards.
func (d shardsFolder) check(config []byte, shards int) error {
	if _, err := os.Stat(d.path("")); errors.Is(err, fs.ErrNotExist) {
		for _, name := range []string{rundir.ConfigFile, rundir.RowsFile} {
			if _, err := os.Lstat(filepath.Join(d.out, name)); err == nil {
				return usage(fmt.Errorf("%s holds a run that is not in shards (%s): give another folder with --out", d.out, filepath.Join(d.out, name)))
			}
		}
	}
	n, err := d.shards()
	if err != nil {
		return err
	}
	if n > 0 && n != shards {
		return usage(fmt.Errorf("%s is of %d shards, but %d were asked for: add --shards %d, or give another folder with --out", d.path(jobFile), n, shards, n))
	}
	script, err := os.ReadFile(d.path(jobFile))
	if err == nil && !bytes.Contains(script, []byte("--out "+slurm.Line([]string{d.out}))) && literalOut.Match(script) {
		return usage(fmt.Errorf("%s measures into another folder than %s, as after a move: remove it and %s, and type the command anew", d.path(jobFile), d.out, mergeFile))
	}
	old, err := os.ReadFile(d.path(configFile))
	if err == nil && !bytes.Equal(old, config) {
		return usage(fmt.Errorf("%s is of another run, which differs %s: give another folder with --out", d.path(configFile), rundir.Difference(old, config)))
	}
	return d.begun(shards)
}

// begun refuses shards of another number, and a second start of what was begun.
func (d shardsFolder) begun(shards int) error {
	n, err := rundir.ShardCount(d.out)
	if err != nil || n == 0 {
		return err
	}
	if n != shards {
		return usage(fmt.Errorf("%s holds a run of %d shards, but %d were asked for: add --shards %d, or give another folder with --out", d.out, n, shards, n))
	}
	if _, err := os.Stat(d.path(jobFile)); errors.Is(err, fs.ErrNotExist) { // begun by hand: tasks whose shards are done end at once
		return nil
	}
	if !d.resume {
		return usage(fmt.Errorf("%s was begun already: add --resume to submit what is missing, or give another folder with --out", d.out))
	}
	return nil
}

// copyProgram copies this program, so that the tasks find it when what was typed was
// `go run`, or when it is installed anew while they wait. The same bytes stay.
func copyProgram(to string, log io.Writer) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("this program does not find its own file, so it cannot be copied: %w", err)
	}
	here, err := fileHash(self)
	if err != nil {
		return err
	}
	switch there, err := fileHash(to); {
	case err == nil && there == here:
		return nil
	case err == nil:
		fmt.Fprintf(log, "%s was another memtest, and is replaced by this one.\n", to)
	}
	err = atomicfile.WriteFileFrom(to, func(w io.Writer) error {
		f, err := os.Open(self)
		if err != nil {
			return err
		}
		defer f.Close()
		_, err = io.Copy(w, f)
		return err
	})
	if err != nil {
		return err
	}
	info, err := os.Stat(to)
	if err != nil {
		return err
	}
	return os.Chmod(to, info.Mode()|info.Mode()&0o444>>2) // whoever may read it may run it
}

// missing has a submission begin the tasks alone whose shards are not done; none,
// where all are.
func (d shardsFolder) missing(units []memtest.Unit, shards int, s *slurm.Submission) error {
	some := missingShards(d.out, units, shards)
	switch len(some) {
	case 0:
		s.Job = ""
		return nil
	case shards:
		return nil
	}
	script, err := os.ReadFile(d.path(jobFile))
	if err != nil {
		return err
	}
	s.Array, err = slurm.ArrayOf(script, some)
	return usage(err)
}
