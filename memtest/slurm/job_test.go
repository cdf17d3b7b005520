package slurm

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func sample(out string) Job {
	return Job{
		Name: "mlp", Dir: "/home/ann", Program: "/scratch/mlp/shards/memtest",
		Args: []string{"--config", "/scratch/mlp/shards/config.yaml", "--offline", "--quiet"},
		Out:  out, Shards: 4, Requeue: true,
		Options: []string{"--partition=main", "--time", "2:00:00", "-Amyaccount", "--gres=gpu:1", "--exclusive"},
	}
}

const wantJob = `#!/bin/bash
# Written by ` + "`memtest submit`" + `, which takes it as it stands from now on: change it as your cluster asks for.
#SBATCH --job-name=mlp
#SBATCH --array=1-4
#SBATCH --requeue
#SBATCH --signal=B:USR1@60
#SBATCH --open-mode=append
#SBATCH --output=/scratch/mlp/shards/log/%A_%a.out
#SBATCH --partition=main
#SBATCH --time 2:00:00
#SBATCH -Amyaccount
#SBATCH --gres=gpu:1
#SBATCH --exclusive

# What the program needs goes here, as in: module load cuda

# Names of files in the configuration are relative to the folder in which ` + "`memtest submit`" + ` was typed.
cd /home/ann || exit

exec /scratch/mlp/shards/memtest run --config /scratch/mlp/shards/config.yaml --offline --quiet --out /scratch/mlp --shard "$SLURM_ARRAY_TASK_ID/4" --requeue
`

func TestScript(t *testing.T) {
	got, err := sample("/scratch/mlp").Script()
	if err != nil || string(got) != wantJob {
		t.Errorf("job.sh (%v):\n%s\nwant\n%s", err, got, wantJob)
	}
	once := sample("/scratch/mlp")
	once.Requeue = false
	got, err = once.Script()
	want := strings.NewReplacer("#SBATCH --requeue", "#SBATCH --no-requeue", " --requeue\n", "\n").Replace(wantJob)
	if err != nil || string(got) != strings.Replace(want, "#SBATCH\n", "#SBATCH --no-requeue\n", 1) {
		t.Errorf("without requeue (%v):\n%s", err, got)
	}
}

// A merge goes where the tasks go, and asks for nothing that it does not need.
func TestMergeScript(t *testing.T) {
	j := sample("/scratch/mlp")
	j.Merge = []string{"--data-dir", "/my data"}
	got, err := j.MergeScript()
	if err != nil {
		t.Fatal(err)
	}
	var options []string
	for line := range strings.Lines(string(got)) {
		if option, ok := strings.CutPrefix(line, "#SBATCH "); ok {
			options = append(options, strings.TrimSpace(option))
		}
	}
	want := []string{"--job-name=mlp-merge", "--output=/scratch/mlp/shards/log/merge_%j.out", "--partition=main", "--time 2:00:00", "-Amyaccount"}
	if !slices.Equal(options, want) {
		t.Errorf("options %q, want %q", options, want)
	}
	if !strings.HasSuffix(string(got), "\nexec /scratch/mlp/shards/memtest merge /scratch/mlp --data-dir '/my data'\n") {
		t.Errorf("merge.sh:\n%s", got)
	}
}

// awkward are names that bash would take for more than a name.
var awkward = []string{"two words", `it's "quoted"`, "$HOME `id` $(id)", "a#b %A %% *?[x]", "", "-x", "naïve;&|<>~!{}"}

// Whatever names are, the program gets them as they are.
func TestNamesReachTheProgram(t *testing.T) {
	dir := t.TempDir()
	program := filepath.Join(dir, `pro"gram $1`)
	text := "#!/bin/bash\npwd\nprintf '%s\\n' \"$@\"\n"
	if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	in := filepath.Join(dir, "it's $PWD")
	if err := os.Mkdir(in, 0o755); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, awkward[2])
	j := Job{Name: awkward[1], Dir: in, Program: program, Args: awkward, Out: out, Shards: 9, Options: []string{"--comment", awkward[0]}}
	script, err := j.Script()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "job.sh")
	if err := os.WriteFile(path, script, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("bash", path)
	cmd.Env = append(os.Environ(), "SLURM_ARRAY_TASK_ID=3")
	got, err := cmd.CombinedOutput()
	want := strings.Join(slices.Concat([]string{in, "run"}, awkward, []string{"--out", out, "--shard", "3/9"}), "\n") + "\n"
	if err != nil || string(got) != want {
		t.Errorf("the program was given (%v)\n%s\nwant\n%s", err, got, want)
	}
}

func TestWhatNoScriptCanHold(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(*Job)
		want   string
	}{
		{"line break in the folder", func(j *Job) { j.Out = "/a\nb" }, `"/a\nb" holds a line break`},
		{"line break in an option", func(j *Job) { j.Options = []string{"--comment=a\r"} }, "holds a line break"},
		{"line break in an argument", func(j *Job) { j.Args = []string{"a\nrm"} }, "holds a line break"},
		{"backslash", func(j *Job) { j.Out = `/a\b` }, "holds a backslash"},
		{"no shards", func(j *Job) { j.Shards = 0 }, "shards: 0 is outside 1..1000"},
		{"too many", func(j *Job) { j.Shards = 1001 }, "shards: 1001 is outside 1..1000"},
		{"a word", func(j *Job) { j.Options = []string{"main"} }, `"main" is no option of sbatch`},
		{"two words", func(j *Job) { j.Options = []string{"-p", "main", "other"} }, "-p has its value already"},
		{"array", func(j *Job) { j.Options = []string{"-a1-3"} }, "with --shards"},
		{"array, long", func(j *Job) { j.Options = []string{"--array=1-3"} }, "with --shards"},
		{"requeue", func(j *Job) { j.Options = []string{"--no-requeue"} }, "said before the --"},
		{"wait", func(j *Job) { j.Options = []string{"--wait"} }, "--wait of sbatch does not go"},
	} {
		j := sample("/scratch/mlp")
		test.change(&j)
		for _, script := range []func() ([]byte, error){j.Script, j.MergeScript} {
			if _, err := script(); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v, want %q", test.name, err, test.want)
			}
		}
	}
}

func TestEdited(t *testing.T) {
	replace := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(wantJob) }
	for _, test := range []struct {
		name, script string
		n            int
		array, err   string
	}{
		{"as written", wantJob, 4, "1,3-4", ""},
		{"with modules", replace("\n\n", "\nmodule load cuda/12 # --shard 7/7\n\n"), 4, "1,3-4", ""},
		{"with a limit", replace("--array=1-4", "--array=1-4%2"), 4, "1,3-4%2", ""},
		{"in other words", replace("#SBATCH --array=1-4", "#SBATCH  -p main -a 1-4", `"$SLURM_ARRAY_TASK_ID/4"`, "${SLURM_ARRAY_TASK_ID}/4"), 4, "1,3-4", ""},
		{"with srun", replace("exec ", "srun --cpu-bind=none "), 4, "1,3-4", ""},
		{"one shard", replace("1-4", "1", "/4", "/1"), 1, "1,3-4", ""},
		{"some tasks", replace("--array=1-4", "--array=2,4"), 0, "", `its list of tasks is "2,4" and not 1-N`},
		{"other tasks", replace("--array=1-4", "--array=0-3"), 0, "", `its list of tasks is "0-3"`},
		{"fewer tasks", replace("--array=1-4", "--array=1-3"), 0, "", "it has tasks 1-3, but each begins a shard of 4"},
		{"no tasks", replace("#SBATCH --array=1-4\n", ""), 0, "", "no line #SBATCH --array=1-N"},
		{"switched off", replace("#SBATCH --array", "##SBATCH --array"), 0, "", "no line #SBATCH --array=1-N"},
		{"no shard", replace("--shard", "# --shard"), 0, "", "begins no shard"},
		{"a huge number", replace("1-4", "1-99999999999999999999"), 0, "", "put 1-N back"},
	} {
		n, err := ShardsOf([]byte(test.script))
		if test.err != "" {
			if err == nil || !strings.Contains(err.Error(), test.err) {
				t.Errorf("%s: %v, want %q", test.name, err, test.err)
			}
			continue
		}
		if err != nil || n != test.n {
			t.Errorf("%s: %d shards, want %d (%v)", test.name, n, test.n, err)
		}
		if array, err := ArrayOf([]byte(test.script), []int{1, 3, 4}); err != nil || array != test.array {
			t.Errorf("%s: --array=%s, want %s (%v)", test.name, array, test.array, err)
		}
	}
}
