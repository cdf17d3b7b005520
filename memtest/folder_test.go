package memtest

import (
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
)

// Another path of a file goes on; another array, or another network, does not.
func TestOnlyPathsAreSpelledOtherwise(t *testing.T) {
	for _, c := range []struct{ now, then, want string }{
		{"./y.npy", "data/y.npy", "data/y.npy"}, {"a/f.npz:y", "b/f.npz:y", "b/f.npz:y"}, {"a/f.npz:hidden/y", "b/f.npz:hidden/y", "b/f.npz:hidden/y"},
		{"a/labels", "b/labels", "a/labels"}, {"a/f.npz:hidden/y", "a/f.npz:logits/y", "a/f.npz:hidden/y"}, {"a/f.npz:y", "a/f.npz", "a/f.npz:y"},
		{"y.npy", "z.npy", "y.npy"}, {"", "z.npy", ""}, {"target", "", "target"},
	} {
		if got := keySpelledAs(c.now, c.then); got != c.want {
			t.Errorf("%q as %q: %q, want %q", c.now, c.then, got, c.want)
		}
	}
	now := Config{File: "./f.npz", Net: "cnn:8/64", Keys: features.Keys{Valid: []string{"0.1=a/valid", "0.3=x/c.npy", "0.5=c.npy"}}}
	then := Config{File: "/d/f.npz", Net: "cnn:16/64", Keys: features.Keys{Valid: []string{"0.1=b/valid", "0.3=/y/c.npy", "0.4=/y/c.npy"}}}
	got := now.spelledAs(then)
	if got.File != then.File || got.Net != now.Net || got.Keys.Valid[0] != "0.1=a/valid" || got.Keys.Valid[1] != "0.3=/y/c.npy" || got.Keys.Valid[2] != "0.5=c.npy" {
		t.Errorf("%+v", got)
	}
	if now.Keys.Valid[1] != "0.3=x/c.npy" {
		t.Error("what was asked for was changed")
	}
	now.Net, then.Net = "a/net.yaml", "b/net.yaml"
	if got := now.spelledAs(then); got.Net != then.Net {
		t.Errorf("network %q", got.Net)
	}
}
