package result

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestManifest(t *testing.T) {
	m := NewManifest([]string{"memtest", "run", "--out", "my runs/it's", ""}, time.Now())
	if got, want := m.CommandLine(), `memtest run --out 'my runs/it'\''s' ''`; got != want {
		t.Errorf("command %s, want %s", got, want)
	}
	for want, command := range map[string][]string{
		`memtest probe --resume --out 'runs/an '\''x'\''' f.npz --valid 0.3=c.npy`: {"memtest", "probe", "f.npz", "--anew", "--valid", "0.3=c.npy"},
		"memtest onnx --resume --out=there m.onnx":                                 {"memtest", "onnx", "--out=there", "m.onnx"},
		"./memtest run --resume --out there --backend go":                          {"./memtest", "run", "--resume", "--out", "there", "--backend", "go"},
		"go run ./cmd/memtest paper --out x --resume --setting full":               {"/tmp/go-build12/b001/exe/memtest", "paper", "--resume", "--setting", "full"},
		"": {"memtest"},
	} {
		folder := "runs/an 'x'"
		if len(command) > 1 && command[1] == "paper" {
			folder = "x"
		}
		if got := (Manifest{Command: command}).GoOn(folder); got != want {
			t.Errorf("%q goes on with %s, want %s", command, got, want)
		}
	}
	for in, want := range map[string]string{
		"":                       "is not a manifest",
		`{"format":9}`:           "has format 9, but this program knows formats up to 3",
		`{"seeds":"one"}`:        `field "seeds" holds a string`,
		`{"unfinished":true} xx`: "is not a manifest",
	} {
		if _, err := ParseManifest([]byte(in), "manifest.json"); err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, ErrInput) {
			t.Errorf("manifest %q: error %v, want %q", in, err, want)
		}
	}
}
