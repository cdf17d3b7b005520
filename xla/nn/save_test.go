package nn

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
)

// A snapshot that is loaded gives the same weights and features, bit for bit.
func TestSaveLoad(t *testing.T) {
	set := cross(30, "train")
	onBoth(t, func(t *testing.T, e *xla.Engine) {
		spec := everyKind()
		if e.Describe().Real { // fewer layers compile faster
			spec.Layers = []Layer{{Kind: "batchnorm"}, {Kind: "dense", Units: 3}}
		}
		s := trainAll(t, e, spec, set, Training{Epochs: 2, Batch: 8, Fresh: cross(10, "fresh")})[0]
		path := filepath.Join(t.TempDir(), "new", "folder", "s.safetensors")
		if err := s.Save(path); err != nil {
			t.Fatal(err)
		}
		for _, asked := range []Spec{{}, spec} {
			l, err := Load(e, path, asked)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(l.Close)
			if l.Epoch != 2 || l.Loss != s.Loss || l.TrainAccuracy != s.TrainAccuracy || l.FreshAccuracy != s.FreshAccuracy {
				t.Errorf("loaded %+v, saved %+v", l, s)
			}
			for k, w := range weightsOf(t, s) {
				if !slices.Equal(w, weightsOf(t, l)[k]) {
					t.Errorf("%s differs", s.net.params[k].name)
				}
			}
			a, err := s.Features(t.Context(), set, "last")
			if err == nil {
				t.Error("last is not a layer's name")
			}
			a, err = s.Features(t.Context(), set, "dense1")
			if err != nil {
				t.Fatal(err)
			}
			if b, err := l.Features(t.Context(), set, "dense1"); err != nil || !slices.Equal(a.Data, b.Data) {
				t.Errorf("features differ, %v", err)
			}
		}
	})
}

func TestLoadHandwritten(t *testing.T) {
	e := golang(t)
	mine := function(handwritten, "conv", "hidden")
	s := trainAll(t, e, mine, cross(20, "train"), Training{Keep: []int{0}})[0]
	path := filepath.Join(t.TempDir(), "s.safetensors")
	if err := s.Save(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(e, path, Spec{}); err == nil || !strings.Contains(err.Error(), `network "mine" was written by hand; give its Spec with the Model`) {
		t.Errorf("got %v", err)
	}
	l, err := Load(e, path, mine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	if !slices.Equal(weightsOf(t, l)[0], weightsOf(t, s)[0]) {
		t.Error("the weights differ")
	}
}

// Every way in which a snapshot file can be wrong gives an error with its name,
// and every single altered byte is found.
func TestLoadErrors(t *testing.T) {
	e := golang(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "good.safetensors")
	if err := goldenSnapshot(t).Save(path); err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(dir, "bad.safetensors")
	load := func(file []byte, spec Spec) error {
		t.Helper()
		if err := os.WriteFile(bad, file, 0o644); err != nil {
			t.Fatal(err)
		}
		s, err := Load(e, bad, spec)
		if err == nil {
			s.Close()
		}
		return err
	}
	if err := load(good, Spec{}); err != nil {
		t.Fatal(err)
	}
	for i := range good {
		altered := bytes.Clone(good)
		altered[i] ^= 1
		if err := os.WriteFile(bad, altered, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readArrays(bad); err == nil {
			t.Fatalf("byte %d of %d was altered and nobody noticed", i, len(good))
		}
	}
	last := bytes.Clone(good)
	last[len(last)-1] ^= 0x80
	other := func(f func(meta map[string]string, a []arrays.Named) []arrays.Named) []byte {
		named, meta, err := readArrays(path)
		if err != nil {
			t.Fatal(err)
		}
		delete(meta, "sha256")
		var file bytes.Buffer
		if err := arrays.WriteSafetensors(&file, meta, f(meta, named)...); err != nil {
			t.Fatal(err)
		}
		return file.Bytes()
	}
	wider := asTheyAre(MLP(shape(1, 1, 2), 2, 4))
	named := asTheyAre(MLP(shape(1, 1, 2), 2, 3))
	named.Name = "other"
	for _, c := range []struct {
		file []byte
		spec Spec
		want string
	}{
		{last, Spec{}, "its checksum is wrong: it was altered or damaged; delete it, and train the network again"},
		{good[:len(good)-4], Spec{}, "array"},
		{good[:len(good)/2], Spec{}, "or it is cut off: its header would be longer than the file"},
		{good[:5], Spec{}, "it is shorter than 8 bytes"},
		{nil, Spec{}, "it is shorter than 8 bytes"},
		{[]byte("PK\x03\x04 something else altogether"), Spec{}, "it is not a safetensors file"},
		{good, wider, "it is of another network: layers[0] is {Kind:dense Name: Units:3"},
		{good, MLP(shape(1, 1, 2), 2, 3), "it is of another network: standardize is false, not true"},
		{good, named, `it is of another network: name "mlp", input 1×1×2, 2 classes, layers ["dense1"], not name "other"`},
		{other(func(meta map[string]string, a []arrays.Named) []arrays.Named {
			meta["format"] = "memtest snapshot 9"
			return a
		}), Spec{}, `its format is "memtest snapshot 9"; this program reads "memtest snapshot 1"`},
		{other(func(meta map[string]string, a []arrays.Named) []arrays.Named { meta["epoch"] = "x"; return a }), Spec{}, `epoch: "x" is not a number`},
		{other(func(meta map[string]string, a []arrays.Named) []arrays.Named { meta["spec"] = "layers: 3"; return a }), Spec{}, "line 1: layers: 3 is not a list"},
		{other(func(meta map[string]string, a []arrays.Named) []arrays.Named { return a[:3] }), Spec{}, "it holds 3 arrays, but the network has 4"},
		{other(func(meta map[string]string, a []arrays.Named) []arrays.Named { a[0].Dims = []int{3, 2}; return a }), Spec{}, "it holds dense1/weights of [3 2] where the network has dense1/weights of [2 3]"},
	} {
		if err := load(c.file, c.spec); err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), bad) {
			t.Errorf("got %v\nwant %s", err, c.want)
		}
	}
	if _, err := Load(e, filepath.Join(dir, "missing"), Spec{}); err == nil || !strings.Contains(err.Error(), "missing") {
		t.Errorf("got %v", err)
	}
	if err := goldenSnapshot(t).Save(filepath.Join(path, "below a file")); err == nil || !strings.Contains(err.Error(), "good.safetensors") {
		t.Errorf("got %v", err)
	}
}
