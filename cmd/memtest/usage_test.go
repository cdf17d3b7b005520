package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever is typed wrong, and whatever file is not what it should be, ends with
// code 2 and one sentence in words of this program, and leaves nothing behind.
func TestBadInputIsOneSentence(t *testing.T) {
	t.Chdir(t.TempDir())
	if code, _, stderr := command(append(smaller("r"), "--quiet")...); code != exitDone {
		t.Fatal(stderr)
	}
	for name, text := range map[string]string{
		"bad.npz": "garbage", "bad.onnx": "garbage", "empty.npz": "", "file": "",
		"up.yaml":   "name: ../../x\nlayers: [{kind: dense, units: 8}]\n",
		"huge.yaml": "layers: [{kind: dense, units: 9223372036854775807}]\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("empty", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("nowhere", "dangling"); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{ // part of the sentence
		"nonsense": "lists the commands", "help nonsense": "type memtest help", "help run nonsense": "type memtest help", "run --nonsense": "lists the flags", "run --epochs x": "is not a whole number", "run extra": "takes no argument",
		"run --config none.yaml": "none.yaml", "run --net none.yaml --out o": "none.yaml", "run --net up.yaml --out o": "would lead to another folder",
		"run --net huge.yaml --out o": "layers[0].units", "run --net mlp:100000,100000 --out o": "GiB of memory", "run --net resnet:1000000000 --out o": "at most 500",
		"run --seeds 1000000000 --out o": "at most 10000", "run --epochs 1000000000 --out o": "up to 1000000", "run --permutations 1000000000000 --out o": "ask for at most",
		"run --probes forest:1000000000 --out o": "at most 100000", "run --probes ridge,knn:1000000000 --out o": "choose fewer", "run --data gaussian:1000000000000 --out o": "ask for fewer",
		"run --resume": "add --out DIR", "run --resume --out empty": "holds no run", "run --resume --out none": "does not exist", "run --resume --out file": "is a file",
		"run --data bad.npz --out o": "bad.npz", "run --data empty --out o": "no format", "run --perturb nope --out o": "choose one of", "run --probes nope --out o": "choose from",
		"run --backend nope --out o": "use xla:cpu", "run --backend xla:nope --out o": "use xla:cpu", "run --backend none.so --out o": "cannot be read", "run --backend go:x --out o": "ops_sequential",
		"run --out file": "is a file", "run --out file/x": "cannot be made", "run --out dangling": "is a link to nowhere, which is not there", "run --out r": "give another folder with --out",
		"probe": "give FILE", "probe bad.npz": "bad.npz", "probe none.npz": "none.npz", "probe empty.npz": "empty.npz", "probe --train x": "give FILE", "probe --resume --out r": "by that command",
		"onnx": "give MODEL.onnx", "onnx bad.onnx": "bad.onnx", "onnx none.onnx": "none.onnx", "onnx bad.onnx --list": "bad.onnx",
		"compare": "type memtest compare", "compare r": "type memtest compare", "compare r none": "does not exist", "compare r file": "is a file", "compare empty r": "holds no run",
		"report": "type memtest report", "report none": "does not exist", "report empty": "holds no run", "report file": "is a file", "report r --figures file": "--figures",
		"export r": "--epoch is needed", "export none --epoch 1 --to x.npz": "does not exist", "export r --epoch 7 --to x.npz": "choose from", "export r --epoch 1 --to bad.npz": "is there already",
		"export r --epoch 1 --layer zz --to x.npz": "choose from", "export r --epoch 1 --to x.npz --backend nope": "use xla:cpu",
		"plan none": "does not exist", "plan --n 1": "at least 20", "plan --backend nope": "use xla:cpu", "data info": "type memtest data info", "data info none": "choose one of",
		"data info bad.npz": "bad.npz", "data fetch nope": "choose one of", "levels --perturb nope": "choose one of", "levels --data none": "choose one of", "levels --levels -1": "levels:",
		"submit": "add --out OUT", "submit nope": "takes no argument", "submit --out o --dry-run --shards 0": "at least 1", "submit --out o --dry-run -- nope": "no option of sbatch", "submit --out o --dry-run --resume": "holds nothing",
		"submit --out r --dry-run": "not in shards", "submit --out file --dry-run": "is a file", "submit --out o --dry-run --backend nope": "use xla:cpu", "submit --out o --dry-run --json": "leave it out",
		"paper nope": "takes no argument", "paper --backend nope --out o": "use xla:cpu", "doctor x": "takes no argument", "lab x": "takes no argument",
	} {
		code, stdout, stderr := command(strings.Fields(line)...)
		if code != exitUsage || !strings.HasPrefix(stderr, "memtest: ") || strings.Count(stderr, "\n") != 1 || stdout != "" || !strings.Contains(stderr, want) {
			t.Errorf("memtest %s: exit %d, %q, want %q", line, code, stderr, want)
		}
		for _, word := range []string{"goroutine", "panic", "arg(s)", "strconv", "runtime error"} {
			if strings.Contains(stderr, word) {
				t.Errorf("memtest %s: a library's word %q in %q", line, word, stderr)
			}
		}
	}
	for _, made := range []string{"o", "x.npz", "nowhere", filepath.Join("..", "x")} {
		if _, err := os.Lstat(made); err == nil {
			t.Errorf("%s was made", made)
		}
	}
}
