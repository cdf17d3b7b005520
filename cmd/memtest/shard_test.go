package main

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// shardRun is a run of four units that takes seconds, for a folder.
func shardRun(out string, more ...string) []string { return shardRunTo("0,1,40", out, more...) }

func shardRunTo(epochs, out string, more ...string) []string {
	return append([]string{"run", "--data", "gaussian:300:6x6x1:4", "--net", "mlp:32", "--epochs", epochs, "--levels", "0,0.3", "--permutations", "19",
		"--probes", "centroid,ridge", "--seeds", "3", "--backend", "go", "--quiet", "--out", out}, more...)
}

// wholeRows are the bytes of the rows that one process writes.
func wholeRows(t *testing.T, args func(out string, more ...string) []string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "whole")
	if code, _, stderr := command(args(out)...); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr)
	}
	return rowsOf(t, out)
}

func rowsOf(t *testing.T, out string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(out, rundir.RowsFile))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// begun starts a command line as a process of its own.
func begun(t *testing.T, stderr *bytes.Buffer, env []string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(append(os.Environ(), "MEMTEST_TEST_MAIN=1"), env...)
	cmd.Stderr = stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return cmd
}

// Shards that are killed at any moment and begun again by the same command give the
// bytes of one process.
func TestKilledShardsGiveTheBytesOfOneProcess(t *testing.T) {
	want := wholeRows(t, shardRun)
	out := filepath.Join(t.TempDir(), "out")
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	kills := 1 // of each shard
	if long() {
		kills = 3
	}
	for _, shard := range []string{"2/2", "1/2"} {
		for range kills {
			var stderr bytes.Buffer
			cmd := begun(t, &stderr, nil, shardRun(out, "--shard", shard)...)
			time.Sleep(time.Duration(200+random.IntN(2500)) * time.Millisecond)
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		}
		if code, _, stderr := command(shardRun(out, "--shard", shard)...); code != exitDone {
			t.Fatalf("exit %d: %s", code, stderr)
		}
	}
	code, stdout, stderr := command("merge", out)
	if code != exitDone || !bytes.Equal(rowsOf(t, out), want) {
		t.Errorf("exit %d, other rows than those of one process: %s", code, stderr)
	}
	if !strings.Contains(stdout, "The report is "+out) {
		t.Errorf("stdout: %s", stdout)
	}
	for _, name := range []string{rundir.ReportFile, rundir.MarkdownFile, rundir.CSVFile, rundir.ExamplesFile} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
}

// At its time limit a task keeps what it has, asks Slurm to begin it again, and goes on
// by the same command.
func TestTimeLimit(t *testing.T) {
	out, bin := filepath.Join(t.TempDir(), "out"), t.TempDir()
	asked := filepath.Join(bin, "asked")
	if err := os.WriteFile(filepath.Join(bin, "scontrol"), []byte("#!/bin/sh\necho \"$@\" > "+asked+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "SLURM_JOB_ID=17"}
	cmd := begun(t, &stderr, env, shardRunTo("0,1,100000", out, "--shard", "2/4", "--requeue")...)
	defer cmd.Process.Kill()
	rows := filepath.Join(rundir.PartFolder(out, 2, 4, "network-1"), rundir.RowsFile)
	for start := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		if info, err := os.Stat(rows); err == nil && info.Size() > 0 {
			break
		}
		if time.Since(start) > 2*time.Minute {
			t.Fatalf("no row came: %s", stderr.String())
		}
	}
	if err := cmd.Process.Signal(syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(stderr.String(), "the time limit is near; what shard 2/4 has so far is in "+out) {
		t.Errorf("exit %d, want %d: %s", code, exitInterrupted, stderr.String())
	}
	if text, err := os.ReadFile(asked); err != nil || string(text) != "requeue 17\n" {
		t.Errorf("scontrol was asked %q (%v)", text, err)
	}
}

// What cannot be meant is one sentence, and nothing is made.
func TestBadShards(t *testing.T) {
	dir := t.TempDir()
	whole, shards := filepath.Join(dir, "whole"), filepath.Join(dir, "shards")
	little := func(out string, more ...string) []string {
		return shardRunTo("0,1", out, more...)
	}
	if code, _, stderr := command(little(whole)...); code != exitDone {
		t.Fatal(stderr)
	}
	if code, _, stderr := command(little(shards, "--shard", "2/2")...); code != exitDone {
		t.Fatal(stderr)
	}
	none := filepath.Join(dir, "none")
	for _, c := range []struct {
		args []string
		want string
	}{
		{little(none, "--shard", "0/4"), `"0/4" is none of 4; give 1/4 to 4/4`},
		{little(none, "--shard", "5/4"), `"5/4" is none of 4`},
		{little(none, "--shard", "a/b"), `"a/b" is not K/N`},
		{little(none, "--shard", "1/4", "--resume"), "leave out --resume"},
		{little(none, "--shard", "1/4", "--json"), "give them to `memtest merge`"},
		{little(none, "--shard", "1/4", "--fail-if", "learning < 1"), "give them to `memtest merge`"},
		{little(none, "--shard", "1/4", "--open"), "open report.html when `memtest merge` has written it"},
		{little(none, "--requeue"), "add --shard K/N"},
		{[]string{"run", "--shard", "1/4"}, "add --out DIR"},
		{little(shards, "--shard", "1/3"), "holds a run of 2 shards, not 3"},
		{little(shards, "--shard", "1/2", "--seed", "2"), "holds shards of another run"},
		{little(shards), "holds shards of a run"},
		{little(whole, "--shard", "1/2"), "was measured as a whole"},
		{[]string{"merge", whole}, "holds no shards"},
		{[]string{"merge", none}, "holds no shards"},
		{[]string{"merge", shards}, "2 of 4 units are not finished: input, network-2; measure them by: "},
		{[]string{"merge", shards, "--check", "--json"}, "--json does not go with --check"},
		{[]string{"merge"}, "type memtest merge OUT"},
		{[]string{"paper", "--shard", "3/2", "--out", none}, `"3/2" is none of 2`},
	} {
		code, stdout, stderr := command(c.args...)
		if code != exitUsage || stdout != "" || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, c.want) {
			t.Errorf("%v: exit %d, stdout %q, stderr %q, want %q", c.args, code, stdout, stderr, c.want)
		}
	}
	if _, err := os.Stat(none); !os.IsNotExist(err) {
		t.Errorf("a refused command made its folder (%v)", err)
	}
	code, stdout, stderr := command("merge", shards, "--check")
	if code != exitFailed || !strings.Contains(stdout, "missing  network-2 (shard 1/2)") || !strings.Contains(stderr, "2 of 4 units are not done; measure what nobody measures now by: ") {
		t.Errorf("--check: exit %d, %q, %q", code, stdout, stderr)
	}
}
