//go:build linux

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/memtest/slurm"
)

// submitted runs `memtest submit` in a process of its own, whose copy the tasks are,
// and returns the numbers of the two jobs.
func submitted(t *testing.T, args ...string) (job, merge string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, append([]string{"submit"}, args...)...)
	cmd.Env = append(os.Environ(), "MEMTEST_TEST_MAIN=1") // Slurm hands it on to the tasks
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("submit: %v: %s", err, out)
	}
	if slices.Contains(args, "--dry-run") {
		return "", ""
	}
	numbers := regexp.MustCompile(`are job (\d+); the merge, job (\d+),`).FindSubmatch(out)
	if numbers == nil {
		t.Fatalf("submit printed no numbers: %s", out)
	}
	return string(numbers[1]), string(numbers[2])
}

// inShards is a run of one unit for the raw inputs and two for networks.
func inShards(out string, more ...string) []string {
	return append([]string{"--data", "gaussian:400:8x8x1:4", "--net", "mlp:64", "--seeds", "2", "--levels", "0.1,0.3", "--permutations", "19",
		"--probes", "ridge", "--backend", "go", "--quiet", "--out", out}, more...)
}

// oneProcess is rows.jsonl of the same run in one process.
func oneProcess(t *testing.T, args []string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "one")
	if code, _, stderr := command(append([]string{"run"}, append(slices.Clone(args), "--out", out)...)...); code != exitDone {
		t.Fatal(stderr)
	}
	return read(t, out, rundir.RowsFile)
}

// A node dies while it trains: its tasks are begun again elsewhere, and the merged
// rows are those of one process that nobody disturbed. It takes half a minute, so it is
// for .ci/nightly: TestSlurmScripts kills nodes too, TestKilledShards shards.
func TestSlurmNodeDies(t *testing.T) {
	if !long() {
		t.Skip("MEMTEST_LONG=1 kills a node in mid-training")
	}
	c := startSlurm(t)
	out := filepath.Join(t.TempDir(), "out")
	args := inShards(out, "--seeds", "3", "--epochs", "0,1,300")
	want := oneProcess(t, args)
	job, merge := submitted(t, append(args, "--shards", "4", "--", "--time=30")...)

	var task string
	c.wait("a network is in mid-training", 2*time.Minute, func() bool {
		for _, k := range []string{"2", "3", "4"} { // the first has the raw inputs
			kept, _ := filepath.Glob(filepath.Join(out, "shards", k+"-of-4", "network-*", rundir.SnapshotsDir, "*"))
			if task = job + "_" + k; len(kept) > 0 && c.field(task, "JobState") == "RUNNING" {
				return true
			}
		}
		return false
	})
	c.killNode(c.field(task, "BatchHost"))
	c.wait("the task runs again", 2*time.Minute, func() bool {
		return c.field(task, "Restarts") == "1" && c.field(task, "JobState") != "PENDING"
	})
	c.mergeEnds(out, merge, "COMPLETED")
	if got := read(t, out, rundir.RowsFile); got != want {
		t.Errorf("merged rows differ from those of one process:\n%s\nwant\n%s", got, want)
	}
}

// A task fails for good: the merge runs all the same, and says which unit is missing
// and by what it is measured. Once the cause is mended, --resume begins that alone.
func TestSlurmTaskFails(t *testing.T) {
	c := startSlurm(t)
	out := filepath.Join(t.TempDir(), "out")
	args := inShards(out, "--epochs", "0,1")
	want := oneProcess(t, args)
	submitted(t, append(args, "--dry-run")...)
	script := filepath.Join(out, "shards", "job.sh")
	written := read(t, filepath.Dir(script), "job.sh")
	broken := strings.Replace(written, "exec ", "[ $SLURM_ARRAY_TASK_ID != 2 ] || exit 1\nexec ", 1)
	if err := os.WriteFile(script, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	job, merge := submitted(t, args...)
	said := c.mergeEnds(out, merge, "FAILED")
	if exit := c.field(merge, "ExitCode"); exit != "2:0" {
		t.Errorf("the merge ended with %s, want 2:0", exit)
	}
	for _, part := range []string{"network-1", "--shard 2/3"} {
		if !strings.Contains(said, part) {
			t.Errorf("the merge does not say %q: %s", part, said)
		}
	}
	if got := read(t, filepath.Dir(script), "job.sh"); got != broken {
		t.Errorf("job.sh was changed:\n%s", got)
	}
	if exit := c.field(job+"_2", "ExitCode"); exit != "1:0" {
		t.Errorf("task 2 ended with %s", exit)
	}

	if err := os.WriteFile(script, []byte(written), 0o644); err != nil {
		t.Fatal(err)
	}
	job, merge = submitted(t, "--resume", "--out", out)
	c.mergeEnds(out, merge, "COMPLETED")
	if tasks := strings.Count(c.try("scontrol", "show", "job", "-o", job), "ArrayTaskId="); tasks != 1 {
		t.Errorf("%d tasks were begun again, want the one that failed", tasks)
	}
	if got := read(t, out, rundir.RowsFile); got != want {
		t.Errorf("merged rows differ from those of one process:\n%s\nwant\n%s", got, want)
	}
}

// mergeEnds waits for the merge to end in a state, and returns what it printed.
func (c *cluster) mergeEnds(out, merge, state string) string {
	c.Helper()
	c.wait("the merge ended", 5*time.Minute, func() bool {
		return slices.Contains([]string{"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL"}, c.field(merge, "JobState"))
	})
	said, err := os.ReadFile(filepath.Join(out, slurm.LogFolder, "merge_"+merge+".out"))
	if got := c.field(merge, "JobState"); got != state || err != nil {
		logs, _ := filepath.Glob(filepath.Join(out, slurm.LogFolder, "*"))
		c.Fatalf("the merge is %s, want %s (%v): %s\n%s", got, state, err, said, c.try("tail", append([]string{"-n", "5"}, logs...)...))
	}
	return string(said)
}

// What a program gets from real scripts and a real sbatch: names as they are, through
// the death of a node too, and a merge that comes last.
func TestSlurmScripts(t *testing.T) {
	c := startSlurm(t)
	dir := filepath.Join(t.TempDir(), `it's "a" $HOME #1 %A`)
	logs := filepath.Join(dir, "out", slurm.LogFolder)
	if err := os.MkdirAll(logs, 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	// The first start of a task waits to be killed; all print what they were given.
	program := write("program", "#!/bin/bash\npwd\nprintf '%s\\n' \"$@\"\n[ \"$1\" = merge ] || [ -n \"$SLURM_RESTART_COUNT\" ] || exec sleep 600\n")
	j := slurm.Job{Name: dir[len(dir)-20:], Dir: dir, Program: program, Args: []string{"--config", `$x "y" it's`}, Out: filepath.Join(dir, "out"), Shards: 2, Requeue: true, Options: []string{"--comment", `a "b" 'c' \ $d # e`, "--time=10"}}
	script, err := j.Script()
	if err != nil {
		t.Fatal(err)
	}
	merge, err := j.MergeScript()
	if err != nil {
		t.Fatal(err)
	}
	s := slurm.Submission{Job: write("job.sh", string(script)), Merge: write("merge.sh", string(merge))}
	to, err := s.Submit(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	nodes := map[string]bool{}
	for _, task := range []string{to.Job + "_1", to.Job + "_2"} {
		c.wait("task "+task+" runs", time.Minute, func() bool {
			text, _ := os.ReadFile(filepath.Join(logs, task+".out"))
			return c.field(task, "JobState") == "RUNNING" && strings.Contains(string(text), "--requeue")
		})
		nodes[c.field(task, "BatchHost")] = true
	}
	if !strings.Contains(c.try("scontrol", "show", "job", "-o", to.Job+"_1"), `Comment=a "b" 'c' \ $d # e `) {
		t.Errorf("the option --comment was read as another: %s", c.try("scontrol", "show", "job", "-o", to.Job+"_1"))
	}
	for node := range nodes {
		c.killNode(node)
	}
	c.wait("the merge ended", 2*time.Minute, func() bool { return c.field(to.Merge, "JobState") == "COMPLETED" })
	for name, args := range map[string][]string{
		to.Job + "_1.out": {"run", "--config", j.Args[1], "--out", j.Out, "--shard", "1/2", "--requeue"}, to.Job + "_2.out": {"run", "--config", j.Args[1], "--out", j.Out, "--shard", "2/2", "--requeue"},
		"merge_" + to.Merge + ".out": {"merge", j.Out},
	} {
		got := read(t, logs, name)
		if want := dir + "\n" + strings.Join(args, "\n") + "\n"; !strings.HasPrefix(got, want) || !strings.HasSuffix(got, want) || strings.HasPrefix(name, "merge") != (got == want) {
			t.Errorf("%s:\n%s\nwant, once for each start,\n%s", name, got, want)
		}
	}
	if _, err := (slurm.Submission{Merge: s.Merge, Options: []string{"-p", "none"}}).Submit(t.Context()); err == nil || !strings.Contains(err.Error(), "invalid partition specified: none") {
		t.Errorf("a partition that there is not: %v", err)
	}
}
