package slurm

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// fakeSbatch puts a script on the PATH in the place of sbatch: it notes how it was
// called in the file that is returned.
func fakeSbatch(t *testing.T, script string) (calls string) {
	t.Helper()
	dir := t.TempDir()
	calls = filepath.Join(dir, "calls")
	text := "#!/bin/bash\necho \"$*\" >> '" + calls + "'\n" + script
	if err := os.WriteFile(filepath.Join(dir, "sbatch"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return calls
}

func TestSubmit(t *testing.T) {
	for _, test := range []struct {
		name, script string
		s            Submission
		want         Submitted
		calls        []string
	}{
		{
			"all", "echo 12", Submission{Job: "/o/job.sh", Merge: "/o/merge.sh"}, Submitted{Job: "12", Merge: "12"},
			[]string{"--parsable /o/job.sh", "--parsable --dependency=afterany:12 /o/merge.sh"},
		},
		{
			"some, with options", "echo 7", Submission{Job: "/o/job.sh", Merge: "/o/merge.sh", Array: "2,4-5%3", Options: []string{"-p", "big", "--gres=gpu:1"}}, Submitted{Job: "7", Merge: "7"},
			[]string{"--parsable --array=2,4-5%3 -p big --gres=gpu:1 /o/job.sh", "--parsable --dependency=afterany:7 -p big /o/merge.sh"},
		},
		{"the merge alone", "echo 3", Submission{Merge: "/o/merge.sh"}, Submitted{Merge: "3"}, []string{"--parsable /o/merge.sh"}},
		{
			"of several clusters", "echo 'welcome to the site'; echo '12;east'", Submission{Job: "/o/job.sh", Merge: "/o/merge.sh"}, Submitted{Job: "12", Merge: "12", Cluster: "east"},
			[]string{"--parsable /o/job.sh", "--parsable --dependency=afterany:12 --clusters=east /o/merge.sh"},
		},
	} {
		calls := fakeSbatch(t, test.script)
		got, err := test.s.Submit(t.Context())
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, want %+v (%v)", test.name, got, test.want, err)
		}
		text, err := os.ReadFile(calls)
		if err != nil {
			t.Fatal(err)
		}
		if lines := strings.Split(strings.TrimSpace(string(text)), "\n"); !slices.Equal(lines, test.calls) {
			t.Errorf("%s: sbatch was called by %q, want %q", test.name, lines, test.calls)
		}
	}
}

// What sbatch refuses is one sentence in its own words, and an array without its
// merge says how to go on.
func TestSubmitRefused(t *testing.T) {
	refusal := "echo 'sbatch: error: invalid partition specified: big' >&2; echo 'sbatch: error: Batch job submission failed: Invalid partition name specified.' >&2; exit 1"
	s := Submission{Job: "/o/job.sh", Merge: "/o/merge.sh"}
	for _, test := range []struct{ name, script, want string }{
		{"array", refusal, "sbatch refuses /o/job.sh: invalid partition specified: big; Batch job submission failed: Invalid partition name specified"},
		{"merge", "case $* in *merge*) " + refusal + ";; esac; echo 5", "the array is submitted as job 5, but its merge is not: sbatch refuses /o/merge.sh: invalid partition specified: big; Batch job submission failed: Invalid partition name specified; try again by: sbatch --parsable --dependency=afterany:5 /o/merge.sh"},
		{"without a word", "exit 3", "sbatch refuses /o/job.sh: exit status 3"},
		{"no number", "echo Submitted", `sbatch gave no number for /o/job.sh, but printed "Submitted"`},
	} {
		fakeSbatch(t, test.script)
		if _, err := s.Submit(t.Context()); err == nil || err.Error() != test.want {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
	}
}

func TestAvailable(t *testing.T) {
	fakeSbatch(t, "")
	if path := Available(); !strings.HasSuffix(path, "/sbatch") {
		t.Errorf("sbatch is %q", path)
	}
	t.Setenv("PATH", t.TempDir())
	if path := Available(); path != "" {
		t.Errorf("sbatch is %q where there is none", path)
	}
	if _, err := (Submission{Merge: "m"}).Submit(t.Context()); err == nil || !strings.Contains(err.Error(), "sbatch cannot be run") {
		t.Error(err)
	}
}

func TestLines(t *testing.T) {
	got, err := Submission{Job: "/my runs/job.sh", Merge: "/my runs/merge.sh", Array: "2"}.Lines()
	want := []string{"sbatch --parsable --array=2 '/my runs/job.sh'", "sbatch --parsable --dependency=afterany:ID '/my runs/merge.sh'"}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, want %q (%v)", got, want, err)
	}
}
