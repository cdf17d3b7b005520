package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/memtest"
)

// withSbatch puts a script on the PATH in the place of sbatch, which notes how it was
// called and gives the numbers 11, 12 …
func withSbatch(t *testing.T) (calls func() []string) {
	t.Helper()
	dir := t.TempDir()
	noted := filepath.Join(dir, "calls")
	text := "#!/bin/bash\necho \"$*\" >> '" + noted + "'\necho $((10 + $(wc -l < '" + noted + "')))\n"
	if err := os.WriteFile(filepath.Join(dir, "sbatch"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return func() []string {
		text, err := os.ReadFile(noted)
		if err != nil {
			return nil
		}
		if err := os.Remove(noted); err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

// sharded is a run of five units: the raw inputs, three networks, a refit.
func sharded(out string, more ...string) []string {
	return append([]string{"submit", "--data", "gaussian:120:4x4x1:3", "--net", "mlp:4", "--epochs", "0,1", "--seeds", "3", "--refit", "19",
		"--levels", "0.3", "--permutations", "19", "--backend", "go", "--quiet", "--out", out}, more...)
}

func TestSubmitWritesItsScripts(t *testing.T) {
	calls := withSbatch(t)
	out := filepath.Join(t.TempDir(), "my run")
	shards := filepath.Join(out, "shards")
	code, stdout, stderr := command(sharded(out, "--shards", "9", "--dry-run", "--", "-p", "short", "--gres=gpu:1")...)
	if code != exitDone || len(calls()) > 0 {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	for _, line := range []string{"sbatch --parsable '" + shards + "/job.sh'\n", "sbatch --parsable --dependency=afterany:ID '" + shards + "/merge.sh'\n"} {
		if !strings.Contains(stdout, line) {
			t.Errorf("stdout lacks %q: %s", line, stdout)
		}
	}
	job := read(t, shards, "job.sh")
	for _, part := range []string{"#SBATCH --array=1-5\n", "#SBATCH -p short\n", "#SBATCH --gres=gpu:1\n", "--backend go --offline --quiet", `--shard "$SLURM_ARRAY_TASK_ID/5" --requeue`} {
		if !strings.Contains(job, part) {
			t.Errorf("job.sh lacks %q:\n%s", part, job)
		}
	}
	if merge := read(t, shards, "merge.sh"); !strings.Contains(merge, "#SBATCH -p short\n") || strings.Contains(merge, "gres") {
		t.Errorf("merge.sh:\n%s", merge)
	}
	c, err := memtest.ReadConfig(filepath.Join(shards, "config.yaml"))
	if err == nil {
		c, err = c.Resolve()
	}
	if err != nil || c.Seeds != 3 || c.Refit != 19 || c.Net != "mlp:4" {
		t.Errorf("config.yaml holds %+v (%v)", c, err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	a, errA := fileHash(self)
	b, errB := fileHash(filepath.Join(shards, "memtest"))
	info, err := os.Stat(filepath.Join(shards, "memtest"))
	if err := errors.Join(errA, errB, err); err != nil || a != b || info.Mode().Perm()&0o111 == 0 {
		t.Errorf("the program was not copied as it is: %v, %v", info.Mode(), err)
	}
	if info, err := os.Stat(filepath.Join(shards, "log")); err != nil || !info.IsDir() {
		t.Errorf("no folder for what the jobs print, which Slurm does not make: %v", err)
	}
}

// measure measures a shard of the run that sharded submits.
func measure(t *testing.T, out, shard string) {
	t.Helper()
	args := append([]string{"run"}, sharded(out, "--shard", shard)[1:]...)
	if code, _, stderr := command(args...); code != exitDone {
		t.Fatal(stderr)
	}
}

// What was submitted is gone on with: only the shards that lack something, by the
// script as people have edited it.
func TestSubmitResumes(t *testing.T) {
	calls := withSbatch(t)
	out := filepath.Join(t.TempDir(), "run")
	script := filepath.Join(out, "shards", "job.sh")
	submit := func(want []string, args ...string) string {
		t.Helper()
		code, stdout, stderr := command(args...)
		if got := calls(); code != exitDone || stderr != "" || !slices.Equal(got, want) {
			t.Errorf("exit %d: %s\nsbatch was called by %q, want %q", code, stderr, got, want)
		}
		return stdout
	}
	merge := filepath.Join(out, "shards", "merge.sh")
	stdout := submit([]string{"--parsable " + script, "--parsable --dependency=afterany:11 " + merge}, sharded(out, "--shards", "3")...)
	for _, part := range []string{"The 3 shards are job 11; the merge, job 12,", "squeue -j 11,12\n", "memtest merge " + out + " --check\n"} {
		if !strings.Contains(stdout, part) {
			t.Errorf("stdout lacks %q: %s", part, stdout)
		}
	}

	edited := strings.NewReplacer("--array=1-3", "--array=1-3%2", "\nexec", "\nmodule load go\nexec").Replace(read(t, filepath.Dir(script), "job.sh"))
	if err := os.WriteFile(script, []byte(edited), 0o644); err != nil {
		t.Fatal(err)
	}
	// Units are dealt as cards are: input 1, network 2, 3, 1, refit 2.
	measure(t, out, "1/3")
	measure(t, out, "3/3")
	if err := os.Truncate(filepath.Join(out, "shards", "1-of-3", "network-3", "rows.jsonl"), 0); err != nil { // a unit that lost its rows is missing
		t.Fatal(err)
	}
	resume := []string{"submit", "--resume", "--out", out}
	stdout = submit([]string{"--parsable --array=1-2%2 --time=9 " + script, "--parsable --dependency=afterany:11 --time=9 " + merge}, append(resume, "--", "--time=9")...)
	if !strings.Contains(stdout, "Shards 1-2 of 3 are job 11;") {
		t.Error(stdout)
	}
	if got := read(t, filepath.Dir(script), "job.sh"); got != edited {
		t.Errorf("job.sh was changed:\n%s", got)
	}

	if code, _, stderr := command(append(resume, "--backend", "go", "--devices", "2", "--dry-run")...); code != exitDone || !strings.Contains(stderr, "is submitted as it stands") {
		t.Errorf("with a flag that the script lacks: exit %d: %s", code, stderr)
	}

	measure(t, out, "1/3")
	measure(t, out, "2/3")
	if stdout := submit([]string{"--parsable " + merge}, resume...); !strings.HasPrefix(stdout, "Nothing is missing, so only the merge was submitted, as job 11.\n") {
		t.Error(stdout)
	}
}

// Scripts that sbatch refused at first are written anew when it is asked again; those
// that were written to be looked at stand, and that is said.
func TestSubmitAgain(t *testing.T) {
	calls := withSbatch(t)
	out := filepath.Join(t.TempDir(), "run")
	path := os.Getenv("PATH")
	refusing := t.TempDir()
	if err := os.WriteFile(filepath.Join(refusing, "sbatch"), []byte("#!/bin/sh\necho 'sbatch: error: no such partition' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", refusing+":"+path)
	if code, _, stderr := command(sharded(out, "--", "-p", "nome")...); code != exitUsage || stderr != "memtest: sbatch refuses "+out+"/shards/job.sh: no such partition\n" {
		t.Errorf("exit %d: %s", code, stderr)
	}
	t.Setenv("PATH", path)
	verbose := slices.DeleteFunc(sharded(out), func(arg string) bool { return arg == "--quiet" })
	if code, _, stderr := command(append(verbose, "--dry-run", "--", "-p", "long")...); code != exitDone || stderr != "" {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	if job := read(t, filepath.Join(out, "shards"), "job.sh"); strings.Contains(job, "nome") || !strings.Contains(job, "-p long") {
		t.Errorf("job.sh:\n%s", job)
	}
	code, _, stderr := command(verbose...)
	if code != exitDone || !strings.Contains(stderr, "job.sh is submitted as it stands, which is not as it would be written now") || len(calls()) != 2 {
		t.Errorf("exit %d: %s", code, stderr)
	}
}

// What cannot be meant is one sentence, and nothing is submitted or changed.
func TestSubmitRefuses(t *testing.T) {
	calls := withSbatch(t)
	parent := t.TempDir()
	in := func(name string) string { return filepath.Join(parent, name) }
	whole := []string{"run", "--data", "gaussian:120:4x4x1:3", "--net", "mlp:4", "--epochs", "0", "--refs", "untrained", "--levels", "0.3", "--permutations", "19", "--probes", "centroid", "--backend", "go", "--quiet", "--out", in("whole")}
	if code, _, stderr := command(whole...); code != exitDone {
		t.Fatal(stderr)
	}
	for _, name := range []string{"there", "begun", "other", "broken"} {
		if code, _, stderr := command(sharded(in(name), "--dry-run")...); code != exitDone {
			t.Fatal(stderr)
		}
	}
	if err := errors.Join(os.Mkdir(in("begun/shards/2-of-5"), 0o755), os.Mkdir(in("other/shards/2-of-4"), 0o755), os.WriteFile(in("broken/shards/job.sh"), []byte("#!/bin/bash\n#SBATCH --array=2\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.CopyFS(in("moved"), os.DirFS(in("begun"))), os.CopyFS(in("early"), os.DirFS(in("there")))); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"moved", []string{"submit", "--resume", "--out", in("moved")}, "measures into another folder than " + in("moved")},
		{"moved before it began", sharded(in("early")), "measures into another folder than " + in("early")},
		{"no folder", []string{"submit"}, "add --out OUT"},
		{"an argument", []string{"submit", "x", "--out", in("o")}, `submit takes no argument "x"; type the options of sbatch after --`},
		{"an argument before options", []string{"submit", "x", "--out", in("o"), "--", "--time=1"}, `takes no argument "x"`},
		{"a word for sbatch", sharded(in("o"), "--", "short"), `"short" is no option of sbatch`},
		{"an array", sharded(in("o"), "--", "--array=1-4"), "with --shards"},
		{"no shards", sharded(in("o"), "--shards", "0"), "shards: 0 must be at least 1"},
		{"too many shards", sharded(in("o"), "--seeds", "2000"), "shards: 2002 are more than the 1000 tasks"},
		{"json", sharded(in("o"), "--json"), "--json is for `memtest run`"},
		{"open", sharded(in("o"), "--open"), "--open is for `memtest run`"},
		{"fail-if", sharded(in("o"), "--fail-if", "learning < 1"), "--fail-if is for `memtest run`"},
		{"anew", sharded(in("o"), "--anew"), "--anew is for `memtest run`"},
		{"bad data", sharded(in("o"), "--data", "none"), "data: "},
		{"bad network", sharded(in("o"), "--net", "none.yaml"), "none.yaml"},
		{"bad backend", sharded(in("o"), "--backend", "none"), "use xla:cpu"},
		{"bad folder", sharded(in("a\nb")), "holds a line break"},
		{"nothing to go on with", []string{"submit", "--resume", "--out", in("o")}, "holds nothing that was submitted"},
		{"a run of one process", sharded(in("whole")), "holds a run that is not in shards"},
		{"another number", sharded(in("there"), "--shards", "4"), "there/shards/job.sh is of 5 shards, but 4 were asked for: add --shards 5"},
		{"another configuration", sharded(in("there"), "--seed", "7"), `there/shards/config.yaml is of another run, which differs in line 25: "seed: 1" there, "seed: 7" here`},
		{"begun", sharded(in("begun")), "begun was begun already: add --resume"},
		{"begun in another number", sharded(in("other")), "other holds a run of 4 shards, but 5 were asked for"},
		{"a script of other tasks", sharded(in("broken"), "--shards", "5"), `broken/shards/job.sh is not submitted: its list of tasks is "2" and not 1-N`},
	} {
		code, stdout, stderr := command(test.args...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.want) {
			t.Errorf("%s: exit %d, %q, want %q", test.name, code, stderr, test.want)
		}
		if got := calls(); len(got) > 0 {
			t.Errorf("%s: sbatch was called by %q", test.name, got)
		}
	}
	if _, err := os.Stat(in("o")); err == nil {
		t.Error("a refused command left a folder")
	}
	t.Setenv("PATH", t.TempDir())
	if code, _, stderr := command(sharded(in("o"))...); code != exitUsage || !strings.Contains(stderr, "add --dry-run") || !strings.Contains(stderr, "docs/cluster.md") {
		t.Errorf("without sbatch: exit %d: %s", code, stderr)
	}
	if code, stdout, stderr := command("doctor"); code != exitDone || !strings.Contains(stdout, "--  Slurm") || !strings.Contains(stdout, "not needed on one machine") {
		t.Errorf("doctor: exit %d: %s%s", code, stdout, stderr)
	}
}

// Shards that were begun by hand can be given to Slurm.
func TestSubmitShardsBegunByHand(t *testing.T) {
	calls := withSbatch(t)
	out := filepath.Join(t.TempDir(), "run")
	if err := os.MkdirAll(filepath.Join(out, "shards", "2-of-5", "network-1"), 0o755); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := command(sharded(out)...); code != exitDone || len(calls()) != 2 {
		t.Errorf("exit %d: %s", code, stderr)
	}
}
