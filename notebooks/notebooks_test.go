// Package notebooks holds notebooks and the tests that run them on a real GoNB
// kernel:
//
//	go test ./notebooks                   every cell of the first notebook and of the newest must run and print what the file holds
//	MEMTEST_LONG=1 go test ./notebooks    so must those of all; in .ci/nightly
//	go test ./notebooks -update           write what cells of all put out into the files, and docs/pictures
package notebooks

import (
	"bytes"
	"encoding/base64"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/seed-1a417598/memtest/notebooks/nbdeps"
)

var update = flag.Bool("update", false, "write the outputs of cells into the notebooks, and the pictures of docs/pictures")

// cellLimit is the time a cell may take; compiling everything for the first time
// on a busy machine is the slowest thing that happens.
const cellLimit = 5 * time.Minute

// bindCell is the first code cell of every notebook: it binds the kernel to this
// checkout and says what is missing.
const bindCell = `%noautoget
!*sh "$GONB_DIR/bind.sh" || echo "Not bound: this notebook works where it lies in a checkout of memtest, opened by: go run ./cmd/memtest lab"
import "github.com/seed-1a417598/memtest/memtest/show"
%%
must.M(show.Ready())`

// Tags of cells.
const (
	tagVolatile = "volatile" // what it prints is not compared
	tagPicture  = "picture"  // its first picture is the notebook's in docs/pictures
)

// failed finds in stderr what gonb does not count as an error: shell lines that
// failed, programs killed, misspelt commands.
var failed = regexp.MustCompile(`(?m)^exit status \d+$|^signal: |unknown or not implemented yet`)

// tools builds gonb and goimports, in the versions of go.mod, once.
var tools = sync.OnceValues(func() (string, error) {
	folder, err := os.MkdirTemp("", "notebooks-tools-")
	if err != nil {
		return "", err
	}
	// Not into GOPROXY=off: on a fresh machine the kernel's own modules come from the proxy.
	if out, err := exec.Command("go", "build", "-o", folder+string(filepath.Separator), "tool").CombinedOutput(); err != nil {
		return folder, fmt.Errorf("go build tool: %w\n%s", err, out)
	}
	return folder, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder, err := tools(); err == nil {
		os.RemoveAll(folder)
	}
	os.Exit(code)
}

func bin(t *testing.T) string {
	t.Helper()
	folder, err := tools()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// here is this folder.
func here(t *testing.T) string {
	t.Helper()
	folder, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// turn lets two notebooks run at a time: their training uses all cores anyway.
var turn = make(chan struct{}, min(2, runtime.NumCPU()))

func names(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob("*.ipynb")
	if err != nil || len(all) == 0 {
		t.Fatalf("no notebooks here: %v", err)
	}
	return all
}

// quick are the notebooks that are run always: one of images, and the one of other data.
var quick = []string{"01_mlp.ipynb", "08_sequences.ipynb"}

// ran are the notebooks that are run: quick, or all of them.
func ran(t *testing.T) []string {
	t.Helper()
	if long() || *update {
		return names(t)
	}
	return quick
}

func TestNotebooks(t *testing.T) {
	bin := bin(t)
	folder := here(t)
	for _, name := range ran(t) {
		t.Run(strings.TrimSuffix(name, ".ipynb"), func(t *testing.T) {
			t.Parallel()
			b, err := readBook(name)
			if err != nil {
				t.Fatal(err)
			}
			turn <- struct{}{}
			defer func() { <-turn }()
			k := startKernel(t, bin, folder)
			started := time.Now()
			runBook(t, k, b)
			t.Logf("%s took %v", name, time.Since(started).Round(100*time.Millisecond))
			if *update && !t.Failed() {
				raw, err := b.encode()
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(name, raw, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// runBook runs the code cells in order, up to the first that fails, and holds
// each to the outputs of the file. With -update it replaces those.
func runBook(t *testing.T, k *kernel, b *book) {
	t.Helper()
	if first := firstCode(b); first == nil || strings.TrimSpace(string(first.Source)) != bindCell {
		t.Fatalf("the first code cell is not the bind cell:\n%s", bindCell)
	}
	count := 0
	for i, c := range b.Cells {
		if c.Kind != "code" {
			continue
		}
		count++
		started := time.Now()
		outputs, err := k.run(string(c.Source), cellLimit)
		if err == nil {
			err = check(outputs)
		}
		if err != nil {
			t.Fatalf("cell %d: %v\n%s", i+1, err, c.Source)
		}
		t.Logf("cell %d: %.1f s", i+1, time.Since(started).Seconds())
		got := &cell{Outputs: slices.DeleteFunc(outputs, func(o output) bool { return o.Name == "stderr" })}
		if *update {
			c.Count, c.Outputs = &count, got.Outputs
			if c.Outputs == nil {
				c.Outputs = []output{}
			}
			number := count
			c.Count = &number
			continue
		}
		if !c.has(tagVolatile) && got.stdout() != c.stdout() {
			t.Errorf("cell %d printed\n%s\nand the file holds\n%s", i+1, got.stdout(), c.stdout())
		}
		if !slices.Equal(got.kinds(), c.kinds()) {
			t.Errorf("cell %d showed %q, and the file holds %q", i+1, got.kinds(), c.kinds())
		}
	}
}

func firstCode(b *book) *cell {
	for _, c := range b.Cells {
		if c.Kind == "code" {
			return c
		}
	}
	return nil
}

// check says whether a cell failed.
func check(outputs []output) error {
	for _, o := range outputs {
		switch {
		case o.Kind == "error":
			return fmt.Errorf("%s: %s\n%s\n%s", o.EName, o.EValue, strings.Join(o.Traceback, "\n"), stderr(outputs))
		case o.Name == "stderr" && failed.MatchString(string(o.Text)):
			return fmt.Errorf("it went wrong without an error: %s", o.Text)
		}
	}
	return nil
}

func stderr(outputs []output) string {
	for _, o := range outputs {
		if o.Name == "stderr" {
			return string(o.Text)
		}
	}
	return ""
}

// TestFiles holds the files to what a reader gets without running anything:
// stable form, outputs present, no error among them, no path of a machine, and
// the picture of docs/pictures.
func TestFiles(t *testing.T) {
	for _, name := range names(t) {
		b, err := readBook(name)
		if err != nil {
			t.Error(err)
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		want, err := b.encode()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, want) {
			t.Errorf("%s is not in stable form; run go test ./notebooks -update", name)
		}
		for _, found := range regexp.MustCompile(`/(?:home|root|tmp|Users)/[^\s"\\]*`).FindAll(raw, -1) {
			t.Errorf("%s holds the path %s", name, found)
		}
		ids := map[string]bool{}
		pictures := 0
		for i, c := range b.Cells {
			if c.ID == "" || ids[c.ID] {
				t.Errorf("%s: cell %d has the id %q of another or none", name, i+1, c.ID)
			}
			ids[c.ID] = true
			for _, o := range c.Outputs {
				if o.Kind == "error" || o.Name == "stderr" {
					t.Errorf("%s: cell %d holds an error: %s %s", name, i+1, o.EValue, o.Text)
				}
			}
			if c.has(tagPicture) {
				pictures++
				holdPicture(t, strings.TrimSuffix(name, ".ipynb"), c)
			}
		}
		if pictures != 1 {
			t.Errorf("%s: %d cells are tagged %q; one must be", name, pictures, tagPicture)
		}
	}
}

// holdPicture compares the notebook's picture in docs/pictures with the one that
// the cell holds, or writes it there.
func holdPicture(t *testing.T, name string, c *cell) {
	t.Helper()
	for _, o := range c.Outputs {
		encoded, ok := o.Data["image/png"]
		if !ok {
			continue
		}
		picture, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(encoded)))
		if err != nil {
			t.Fatalf("%s: the picture cannot be decoded: %v", name, err)
		}
		path := filepath.Join("..", "docs", "pictures", name+".png")
		if *update {
			if err := os.WriteFile(path, picture, 0o644); err != nil {
				t.Error(err)
			}
			return
		}
		if old, err := os.ReadFile(path); err != nil || !bytes.Equal(old, picture) {
			t.Errorf("%s is not the picture of the notebook (%v); run go test ./notebooks -update", path, err)
		}
		return
	}
	t.Errorf("%s: the cell tagged %q shows no picture", name, tagPicture)
}
