package datasets

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Each value of the embedded table sums to what pandas and scikit-learn make of its
// files (testdata/adult_columns.py).
func TestAdultSample(t *testing.T) {
	train, test := loadNamed(t, "adult-sample", 0)
	var want struct {
		Train, Test []float64
		TrainAbove  int `json:"train_above"`
		TestAbove   int `json:"test_above"`
		Categories  map[string][]string
	}
	golden, err := os.ReadFile("testdata/adult_columns.json")
	if err == nil {
		err = json.Unmarshal(golden, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		s     *Set
		sums  []float64
		above int
	}{{train, want.Train, want.TrainAbove}, {test, want.Test, want.TestAbove}} {
		if n := c.s.Counts()[1]; n != c.above || c.s.Classes[1] != ">50K" {
			t.Errorf("%s: %d of %s, want %d", c.s.Name, n, c.s.Classes[1], c.above)
		}
		for j, sum := range c.sums {
			got := 0.0
			for i := range c.s.Y {
				got += float64(c.s.Row(i)[j])
			}
			if d := got - sum; d > 1e-2 || d < -1e-2 {
				t.Errorf("%s: value %d sums to %v, want %v", c.s.Name, j, got, sum)
			}
		}
	}
	at := 0
	for j, c := range train.Columns {
		if c.First != at || c.Missing || fmt.Sprint(c.Categories) != fmt.Sprint(want.Categories[fmt.Sprint(j)]) {
			t.Errorf("column %d is %+v, want categories %v from value %d on", j, c, want.Categories[fmt.Sprint(j)], at)
		}
		at += c.Values()
	}
	if at != train.Shape.Channels || len(train.Columns) != 14 || train.Shape.KindOf() != Table {
		t.Errorf("%d columns take %d of %d values", len(train.Columns), at, train.Shape.Channels)
	}
}

// The embedded lines are those that internal/adult draws, wherever Adult is installed.
func TestAdultSampleIsOfAdult(t *testing.T) {
	info, _ := lookup("adult")
	dir, err := info.local(Options{})
	if err != nil || dir == "" {
		t.Skip("Adult is not on this machine; `memtest data fetch adult` brings it")
	}
	for _, f := range adultFiles {
		drawn, err := f.readEmbedded(adultFS, "adult", "adult-sample")
		if err != nil {
			t.Fatal(err)
		}
		whole, err := os.ReadFile(findFile(dir, strings.TrimSuffix(f.Name, ".gz")))
		if err != nil {
			t.Fatal(err)
		}
		next, stop := iter.Pull(bytes.Lines(whole))
		defer stop()
		for line := range bytes.Lines(drawn) { // in their order, each once
			for {
				of, more := next()
				if !more {
					t.Fatalf("%s: there is no line %q after those before it", f.Name, line)
				}
				if bytes.Equal(of, line) {
					break
				}
			}
		}
	}
}

// serveNamed serves files on loopback for a set of the catalog, which then has their sizes
// and sums, and these numbers of examples.
func serveNamed(t *testing.T, name string, train, test int, files ...[]byte) Info {
	t.Helper()
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv(envDir, "")
	i, ok := lookup(name)
	if !ok || len(files) != len(i.Files) {
		t.Fatalf("%s has %d files", name, len(i.Files))
	}
	i.Train, i.Test = train, test
	byName := map[string][]byte{}
	for k := range files {
		sum := sha256.Sum256(files[k])
		f := &i.Files[k]
		f.Size, f.SHA256 = int64(len(files[k])), hex.EncodeToString(sum[:])
		if f.Content != "" {
			f.Content = f.SHA256
		}
		byName[f.Name] = files[k]
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		file, ok := byName[strings.TrimPrefix(q.URL.Path, "/")]
		if !ok {
			http.NotFound(w, q)
			return
		}
		http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(file))
	}))
	t.Cleanup(s.Close)
	i.Mirrors = []string{s.URL + "/"}
	return i
}

const adultLine = "39, State-gov, 77516, Bachelors, 13, Never-married, ?, Not-in-family, White, Male, 2174, 0, 40, United-States, <=50K\n"

func adultText(lines ...[2]string) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(strings.NewReplacer("State-gov", l[0], "<=50K", l[1]).Replace(adultLine))
	}
	return b.String()
}

// A file in the form of adult.test has a remark, full stops and an empty line at its end.
func TestAdultFetched(t *testing.T) {
	data := adultText([2]string{"Private", "<=50K"}, [2]string{"?", ">50K"}, [2]string{"Private", "<=50K"}, [2]string{"State-gov", ">50K"})
	others := "|1x3 Cross validator\n" + adultText([2]string{"Private", "<=50K."}, [2]string{"Never-worked", ">50K."}, [2]string{"?", ">50K."}, [2]string{"?", "<=50K."}) + "\n"
	i := serveNamed(t, "adult", 4, 4, []byte(data), []byte(others))
	i.Shape.Channels = 3 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 1
	train, test, err := i.load(context.Background(), Options{Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(train.Y, test.Y) != "[0 1 0 1] [0 1 1 0]" || fmt.Sprint(train.Columns[1].Categories) != "[(missing) Private State-gov]" {
		t.Errorf("labels %v %v, categories %v", train.Y, test.Y, train.Columns[1].Categories)
	}
	if got := fmt.Sprint(test.Row(1)[:5], test.Row(2)[:5]); got != "[3.9 0 0 0 0.77516] [3.9 1 0 0 0.77516]" {
		t.Errorf("values %s", got)
	}
	if again, _, err := i.load(context.Background(), Options{Offline: true}); err != nil || again.Hash() != train.Hash() {
		t.Errorf("from the cache: %v", err)
	}
}

func TestAdultRefuses(t *testing.T) {
	good := adultText([2]string{"Private", "<=50K"}, [2]string{"?", ">50K"}, [2]string{"Private", "<=50K"}, [2]string{"?", ">50K"})
	for name, c := range map[string]struct {
		data  string
		words []string
	}{
		"cells":     {strings.Replace(good, "39, ", "", 1), []string{"adult.data", "line 1 holds 14 cells and not 15"}},
		"no number": {strings.Replace(good, "77516", "many", 1), []string{"line 1, column 3", `"many" is no finite number`}},
		"infinite":  {strings.Replace(good, "77516", "1e99", 1), []string{`"1e99" is no finite number`}},
		"label":     {strings.Replace(good, "<=50K", "50K", 1), []string{`adult.data of adult: line 1: "50K" is no class of adult`, "fetch it again"}},
		"few":       {good + adultLine, []string{"4 training and 4 test examples, but there are 5 and 4"}},
		"empty":     {" ", []string{"adult.data of adult: it holds no examples"}},
	} {
		t.Run(name, func(t *testing.T) {
			i := serveNamed(t, "adult", 4, 4, []byte(c.data), []byte(good))
			i.Shape.Channels = 15
			if name == "empty" {
				i.Train = 0
			}
			_, _, err := i.load(context.Background(), Options{Dir: adultDir(t, i, c.data, good), Offline: true})
			refused(t, err, c.words...)
		})
	}
	i := serveNamed(t, "adult", 4, 4, []byte(good), []byte(good))
	_, _, err := i.load(context.Background(), Options{Dir: adultDir(t, i, strings.Replace(good, "39", "38", 1), good), Offline: true})
	refused(t, err, "adult.data", "SHA-256")
}

// adultDir is a folder with the two files in a subfolder of the set's name.
func adultDir(t *testing.T, i Info, files ...string) string {
	dir := t.TempDir()
	for k, f := range i.Files {
		write(t, filepath.Join(dir, i.Name, f.Name), []byte(files[k]))
	}
	return dir
}
