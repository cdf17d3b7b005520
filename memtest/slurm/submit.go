package slurm

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// Available is the path of sbatch; "" where there is none on the PATH.
func Available() string {
	path, err := exec.LookPath("sbatch")
	if err != nil {
		return ""
	}
	return path
}

// Submission is what sbatch is asked for.
type Submission struct {
	Job     string   // path of job.sh; "" = the merge alone
	Merge   string   // path of merge.sh
	Array   string   // tasks of the array; "" = those that job.sh lists
	Options []string // of sbatch, over those in the scripts
}

// Submitted are the numbers that Slurm gave.
type Submitted struct {
	Job, Merge string // Job is "" where the merge was submitted alone
	Cluster    string // of several; "" = the only one
}

// Lines are the commands as one would type them, with ID for the number that the
// array is to have.
func (s Submission) Lines() ([]string, error) {
	options, err := grouped(s.Options)
	if err != nil {
		return nil, err
	}
	if s.Job == "" {
		return []string{Line(s.merge(options, Submitted{}))}, nil
	}
	return []string{Line(s.array()), Line(s.merge(options, Submitted{Job: "ID"}))}, nil
}

// Submit submits the array and the merge that starts when all its tasks have ended,
// well or not. It does not wait for them.
func (s Submission) Submit(ctx context.Context) (Submitted, error) {
	options, err := grouped(s.Options)
	if err != nil {
		return Submitted{}, err
	}
	var to Submitted
	if s.Job != "" {
		if to.Job, to.Cluster, err = sbatch(ctx, s.array()); err != nil {
			return Submitted{}, err
		}
	}
	command := s.merge(options, to)
	var cluster string
	if to.Merge, cluster, err = sbatch(ctx, command); err != nil {
		if to.Job != "" {
			err = fmt.Errorf("the array is submitted as job %s, but its merge is not: %w; try again by: %s", to.Job, err, Line(command))
		}
		return to, err
	}
	to.Cluster = cmp.Or(to.Cluster, cluster)
	return to, nil
}

// array is the command that submits the array.
func (s Submission) array() []string {
	command := []string{"sbatch", "--parsable"}
	if s.Array != "" {
		command = append(command, "--array="+s.Array)
	}
	return append(append(command, s.Options...), s.Job)
}

// merge is the command that submits the merge of an array. Of several clusters it is
// sent to that of the array, on which alone its number means something.
func (s Submission) merge(options [][]string, array Submitted) []string {
	command := []string{"sbatch", "--parsable"}
	if array.Job != "" {
		command = append(command, "--dependency=afterany:"+array.Job)
	}
	for _, option := range ofMerge(options) {
		command = append(command, option...)
	}
	if array.Cluster != "" {
		command = append(command, "--clusters="+array.Cluster)
	}
	return append(command, s.Merge)
}

// sbatch runs a command of sbatch and reads the number of the job, and the cluster
// where there are several: "12" or "12;name".
func sbatch(ctx context.Context, command []string) (id, cluster string, err error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	switch err := cmd.Run(); {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case errors.As(err, new(*exec.ExitError)):
		return "", "", fmt.Errorf("sbatch refuses %s: %s", command[len(command)-1], cmp.Or(words(stderr.String()), err.Error()))
	case err != nil:
		return "", "", fmt.Errorf("sbatch cannot be run: %w", err)
	}
	printed := strings.TrimSpace(stdout.String()) // a site's own words may come before
	id, cluster, _ = strings.Cut(printed[strings.LastIndexByte(printed, '\n')+1:], ";")
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return "", "", fmt.Errorf("sbatch gave no number for %s, but printed %.200q", command[len(command)-1], printed)
	}
	return id, cluster, nil
}

// words makes what sbatch printed a part of one sentence.
func words(stderr string) string {
	var said []string
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(line), "sbatch: "), "error: "))
		if line != "" {
			said = append(said, strings.TrimSuffix(line, "."))
		}
	}
	return strings.Join(said, "; ")
}
