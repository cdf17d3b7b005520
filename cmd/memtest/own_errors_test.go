package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// counted are values 0, 1, 2, 0 … of an array.
func counted(name string, modulo int32, dims ...int) arrays.Named {
	n := 1
	for _, d := range dims {
		n *= d
	}
	values := make([]int32, n)
	for i := range values {
		values[i] = int32(i) % modulo
	}
	return arrays.Named{Name: name, Dims: dims, Ints: values}
}

// halved are the values of an array with a half added to the last.
func halved(a arrays.Named) arrays.Named {
	for _, v := range a.Ints {
		a.Floats = append(a.Floats, float32(v))
	}
	a.Floats[len(a.Floats)-1] += 0.5
	a.Ints = nil
	return a
}

func named(a arrays.Named, name string) arrays.Named {
	a.Name = name
	return a
}

// tableFile writes a table.
func tableFile(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// refusedWith says that a command line is refused by one sentence that ends with what to
// type.
func refusedWith(t *testing.T, name, flag string, args ...string) {
	t.Helper()
	code, _, stderr := command(args...)
	if code != exitUsage || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, flag) {
		t.Errorf("%s: exit %d, want a sentence with %q: %s", name, code, flag, stderr)
	}
}

// What is wrong with one's own examples is said with the setting of --own that mends it.
func TestErrorsOfOwnDataNameTheSetting(t *testing.T) {
	x, y := counted("X", 250, 12, 2, 3), counted("y", 3, 12)
	rows := counted("X", 250, 12, 6)
	const images, table = "layout=nhw,low=0,high=255", "layout=table"
	for _, c := range []struct {
		name, own, want string
		arrays          []arrays.Named
	}{
		{"no layout", "", "--own layout=nhwc", []arrays.Named{x, y}},
		{"unknown layout", "layout=hwc", "--own layout=nhwc", []arrays.Named{x, y}},
		{"layout of other axes", "layout=nhwc,low=0,high=255", "--own layout=nhw", []arrays.Named{x, y}},
		{"axes of none", table, "--own layout=table", []arrays.Named{counted("X", 9, 12, 1, 2, 1, 3), y}},
		{"no range", "layout=nhw", "--own low=0,high=255", []arrays.Named{x, y}},
		{"range turned", "layout=nhw,low=255,high=0", "--own low=0,high=255", []arrays.Named{x, y}},
		{"range too small", "layout=nhw,low=0,high=1", "--own low=0,high=255", []arrays.Named{x, y}},
		{"range of a table", table + ",low=0,high=1", "leave low= and high= out of --own", []arrays.Named{rows, y}},
		{"flat without a shape", "layout=flat,low=0,high=255", "--own shape=28x28x1", []arrays.Named{rows, y}},
		{"shape of another layout", images + ",shape=2x3x1", "leave shape= out of --own", []arrays.Named{x, y}},
		{"other names", images, "--own x=images,y=labels", []arrays.Named{named(x, "a"), named(y, "b")}},
		{"labels of another name", images, "--own y=NAME", []arrays.Named{x, named(y, "b")}},
		{"fewer labels", images, "--own y=NAME", []arrays.Named{x, counted("y", 3, 10)}},
		{"target values", images, "--own y=NAME", []arrays.Named{x, halved(y)}},
		{"no labels", images, "--own y=labels", []arrays.Named{x, {Name: "y", Dims: []int{12}, Ints: append([]int32{-1}, y.Ints[1:]...)}}},
		{"labels of two axes", images, "--own y=NAME", []arrays.Named{x, counted("y", 3, 12, 2)}},
		{"one class", images + ",test_share=-1", "--own y=NAME", []arrays.Named{x, counted("y", 1, 12)}},
		{"a single example", images + ",test_share=-1", "--own y=NAME", []arrays.Named{x, counted("y", 11, 12)}},
		{"too few to draw of", images, "--own test_share=-1", []arrays.Named{x, counted("y", 6, 12)}},
		{"share", images + ",test_share=2", "--own test_share=0.2", []arrays.Named{x, y}},
		{"test part of another shape", images, "--own test_x=X_val,test_y=y_val", []arrays.Named{x, y, named(counted("", 9, 12, 3, 2), "X_test"), named(y, "y_test")}},
		{"test part of another class", images, "--own test_x=X_val,test_y=y_val", []arrays.Named{x, y, named(x, "X_test"), counted("y_test", 4, 12)}},
		{"test part without labels", images, "--own test_y=NAME", []arrays.Named{x, y, named(x, "X_test")}},
		{"test part of another name", images, "--own test_x=X_val", []arrays.Named{x, y, named(x, "X_val")}},
		{"groups of another name", images + ",groups=g", "--own groups=NAME", []arrays.Named{x, y}},
		{"fewer groups", images, "--own groups=NAME", []arrays.Named{x, y, counted("groups", 3, 4)}},
		{"no meaning", images + ",test=a.csv", "leave test= out of --own", []arrays.Named{x, y}},
		{"a key of none", "color=red", "--own low=0,high=255", []arrays.Named{x, y}},
		{"no shape", "shape=28", "--own shape=28x28x1", []arrays.Named{x, y}},
		{"no number", "low=black", "--own low=0", []arrays.Named{x, y}},
		{"no seed", "seed=-1", "--own seed=1", []arrays.Named{x, y}},
		{"tokens without an end", "layout=tokens", "--own pad=0", []arrays.Named{rows, y}},
		{"token outside", "layout=tokens,pad=-1,vocabulary=9", "--own vocabulary=", []arrays.Named{rows, y}},
		{"mask outside", "layout=tokens,pad=-1,vocabulary=300,mask=300", "--own mask=103", []arrays.Named{rows, y}},
		{"padding on the left", "layout=tokens,pad=0", "--own lengths=NAME", []arrays.Named{rows, y}},
		{"no token", "layout=tokens,pad=zero", "--own pad=0", []arrays.Named{rows, y}},
		{"no whole number", "length=long", "--own length=64", []arrays.Named{rows, y}},
		{"lengths of another name", "layout=series,lengths=sizes", "--own lengths=NAME", []arrays.Named{rows, y}},
		{"lengths too long", "layout=series", "--own lengths=NAME", []arrays.Named{rows, y, counted("lengths", 9, 12)}},
		{"axes of series", "layout=series-ct", "--own layout=table", []arrays.Named{rows, y}},
		{"texts that are numbers", "layout=words", "--own x=texts", []arrays.Named{rows, y}},
		{"length of tokens", "layout=tokens,pad=0,length=9", "leave length= out of --own", []arrays.Named{rows, y}},
	} {
		args := []string{"run", "--data", writeFeatures(t, c.arrays...), "--quiet", "--out", filepath.Join(t.TempDir(), "o")}
		if c.own != "" {
			args = append(args, "--own", c.own)
		}
		refusedWith(t, c.name, c.want, args...)
	}
	whole := []string{"a,b,kind", "1,2,u", "2,1,v", "1,1,u", "2,2,v"}
	for _, c := range []struct{ name, own, want, file string }{
		{"label column", "", "--own y=kind", tableFile(t, whole...)},
		{"group column", "y=kind,groups=site", "--own groups=a", tableFile(t, whole...)},
		{"words in a column", "y=b", "--own y=COLUMN", tableFile(t, "a,b,kind", "1,2,u", "2,1,3", "1,1,v")},
		{"numbers and words in a column", "y=b", "--own categories=kind", tableFile(t, "a,b,kind", "1,2,u", "2,1,3", "1,1,v")},
		{"no such categories", "y=kind,categories=a+c", "--own categories=a", tableFile(t, whole...)},
		{"text column", "layout=words,y=kind", "--own x=a", tableFile(t, whole...)},
		{"length of texts", "layout=words,y=kind,x=a,length=-1", "--own length=64", tableFile(t, whole...)},
		{"vocabulary of texts", "layout=words,y=kind,x=a,vocabulary=1", "--own vocabulary=20000", tableFile(t, whole...)},
		{"target values in a table", "y=b", "--own y=COLUMN", tableFile(t, "a,b", "1,0.5", "2,1", "3,1", "4,0")},
		{"classes of the test table", "y=kind,test=" + tableFile(t, append(slices.Clone(whole), "1,1,w", "1,2,w")...), "--own test=PATH", tableFile(t, whole...)},
	} {
		args := []string{"data", "info", c.file}
		if c.own != "" {
			args = append(args, "--own", c.own)
		}
		refusedWith(t, c.name, c.want, args...)
	}
}

// What is wrong with a file of features is said with the flag that names other arrays.
func TestErrorsOfFeaturesNameTheFlag(t *testing.T) {
	good := featureArrays(30)
	file := writeFeatures(t, good...)
	replaced := func(name string, a arrays.Named) string { return writeFeatures(t, with(good, name, &a)...) }
	labels := get(good, "labels")
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"no train", "--train", []string{writeFeatures(t, with(good, "train", nil)...)}},
		{"no such train", "--train", []string{file, "--train", "X"}},
		{"no labels", "--labels", []string{writeFeatures(t, with(good, "labels", nil)...)}},
		{"fewer labels", "--labels", []string{replaced("labels", counted("", 3, 10))}},
		{"target values", "--labels", []string{replaced("labels", halved(counted("", 3, 30)))}},
		{"no classes", "--labels", []string{replaced("labels", arrays.Named{Dims: []int{30}, Ints: append([]int32{-1}, labels.Ints[1:]...)})}},
		{"copies of other rows", "--valid LEVEL=NAME", []string{replaced("valid_0.1", counted("", 9, 20, 5))}},
		{"no level", "--valid 0.3=valid_much", []string{replaced("valid_much", counted("", 9, 30, 5))}},
		{"fresh of other columns", "--fresh", []string{replaced("fresh", counted("", 9, 15, 4))}},
		{"fresh labels of another class", "--fresh-labels", []string{replaced("fresh_labels", counted("", 4, 15))}},
		{"fewer fresh labels", "--fresh-labels", []string{replaced("fresh_labels", counted("", 3, 10))}},
		{"fewer groups", "--groups", []string{replaced("groups", counted("", 3, 10))}},
		{"label sets of other length", "--permuted", []string{replaced("permuted_labels", counted("", 3, 20, 10))}},
		{"label sets of one axis", "--permuted", []string{replaced("permuted_labels", counted("", 3, 30))}},
		{"label sets that are the labels", "--permuted", []string{replaced("permuted_labels", arrays.Named{Dims: []int{2, 30}, Ints: append(slices.Clone(labels.Ints), labels.Ints...)})}},
		{"sorted", "--n", []string{file, "--n", "2"}},
		{"no such scores", "--scores", []string{file, "--scores", "head"}},
		{"what scores are", "--scores-are logits", []string{file, "--scores-are", "odds"}},
		{"no probabilities", "--scores-are logits", []string{writeFeatures(t, get(good, "labels"), named(counted("", 9, 30, 3), "logits/train"), named(counted("", 9, 30, 3), "logits/valid_1")), "--scores-are", "probabilities"}},
		{"columns that are no scores", "--scores none", []string{writeFeatures(t, get(good, "labels"), named(counted("", 9, 30, 4), "head/train"), named(counted("", 9, 30, 4), "head/valid_1")), "--scores", "head"}},
		{"words in a table", "--labels COLUMN", []string{tableFile(t, "a,kind", "1,u", "2,v"), "--valid", "1=" + tableFile(t, "a,kind", "1,u", "2,v")}},
		{"no such column", "--labels", []string{tableFile(t, "a,b", "1,2", "2,1"), "--valid", "1=" + tableFile(t, "a,b", "1,2", "2,1"), "--labels", "kind"}},
	} {
		refusedWith(t, c.name, c.want, append([]string{"probe", "--quiet", "--backend", "go", "--probes", "centroid", "--permutations", "19", "--out", filepath.Join(t.TempDir(), "o")}, c.args...)...)
	}
}

// What does not go with a model is said with the flag that mends it.
func TestErrorsOfModelsNameTheFlag(t *testing.T) {
	data, other := imageData(t, 60, 8, 1), imageData(t, 60, 6, 2)
	own := []string{"--own", "layout=nhwc,low=0,high=1"}
	for _, c := range []struct {
		name, want string
		args       []string
	}{
		{"no range", "--own low=0,high=1", []string{testModel("torch_old"), "--data", data, "--own", "layout=nhwc"}},
		{"another shape", "--own shape=", append([]string{testModel("torch_old"), "--data", other}, own...)},
		{"unknown layout", "--layout nchw", append([]string{testModel("cnn"), "--data", other, "--layout", "hwc"}, own...)},
		{"another layout", "--layout", append([]string{testModel("cnn"), "--data", other, "--layout", "nhwc"}, own...)},
		{"means", "--mean 0.5", append([]string{testModel("cnn"), "--data", other, "--mean", "1,2,3"}, own...)},
		{"sd 0", "--sd 0.3081", append([]string{testModel("cnn"), "--data", other, "--sd", "0"}, own...)},
		{"no such tensor", "--outputs", append([]string{testModel("torch_old"), "--data", data, "--outputs", "nope"}, own...)},
		{"no such input", "--inputs NAME=data", append([]string{testModel("torch_old"), "--data", data, "--inputs", "z=data"}, own...)},
		{"labels of a twin", "--twin-labels", append([]string{testModel("torch_old"), "--data", data, "--twin", testModel("torch_old"), "--twin-labels", writeFeatures(t, counted("labels", 3, 9))}, own...)},
		{"what scores are", "--scores-are logits", append([]string{testModel("torch_old"), "--data", data, "--scores-are", "odds"}, own...)},
	} {
		refusedWith(t, c.name, c.want, append([]string{"onnx", "--quiet", "--out", filepath.Join(t.TempDir(), "o")}, c.args...)...)
	}
}
