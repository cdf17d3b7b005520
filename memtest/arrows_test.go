package memtest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/seed-1a417598/memtest/"

// house lists the folders with Go files from the ground floor up, and for each
// the folders of this module that it may import: only some that stand above it in
// the list. Files are parsed rather than listed by the go command, whose cache can
// hide a new import.
var house = []struct {
	folder string
	may    []string
}{
	{"datasets/seed", nil},
	{"datasets/memory", nil},
	{"datasets/arrays", []string{"datasets/memory"}},
	{"datasets/atomicfile", nil},
	{"datasets/filelock", nil},
	{"datasets/filehash", nil},
	{"datasets/usercache", nil},
	{"datasets/parallel", nil},
	{"datasets/strictyaml", nil},
	{"datasets", []string{"datasets/filelock", "datasets/usercache", "datasets/memory", "datasets/seed", "datasets/arrays", "datasets/parallel"}},
	{"datasets/features", []string{"datasets/memory", "datasets/arrays", "datasets"}},
	{"memtest/perm", []string{"datasets/memory", "datasets/seed", "datasets/parallel"}},
	{"memtest/perturb", []string{"datasets/seed", "datasets/parallel", "datasets"}},
	{"memtest/result", []string{"datasets/features", "memtest/perm"}},
	{"memtest/rundir", []string{"datasets/memory", "datasets/atomicfile", "datasets/filelock", "datasets/arrays", "memtest/result"}},
	{"memtest/slurm", nil},
	{"memtest/report/number", nil},
	{"memtest/report/word", nil},
	{"memtest/report/chart", []string{"memtest/report/number", "memtest/report/word"}},
	{"memtest/report/document", []string{"memtest/report/word", "memtest/report/chart"}},
	{"memtest/report/verdict", []string{"memtest/perm"}},
	{"memtest/report", []string{"datasets/atomicfile", "datasets", "datasets/features", "memtest/perm", "memtest/perturb", "memtest/result", "memtest/rundir", "memtest/report/number", "memtest/report/word", "memtest/report/chart", "memtest/report/document", "memtest/report/verdict"}},
	{"memtest/rule", []string{"datasets/features", "memtest/result", "memtest/report/number"}},
	{"memtest/tensorboard", []string{"datasets/atomicfile", "memtest/result"}},
	{"xla/wheels", []string{"datasets/filelock", "datasets/filehash", "datasets/usercache"}},
	{"xla/plugin", []string{"datasets/usercache", "xla/wheels"}},
	{"xla", []string{"datasets/arrays", "xla/plugin"}},
	{"xla/nn", []string{"datasets/strictyaml", "datasets/memory", "datasets/atomicfile", "datasets/seed", "datasets/arrays", "datasets", "xla"}},
	{"memtest/onnx", []string{"datasets/memory", "datasets/usercache", "datasets/arrays", "datasets", "datasets/features", "xla/wheels"}},
	{"xla/trainhook", []string{"datasets/arrays", "datasets", "datasets/features", "xla"}},
	{"xla/linalg", []string{"datasets/arrays", "datasets/parallel", "xla"}},
	{"xla/complexity", []string{"datasets/seed", "datasets/arrays", "datasets", "xla", "xla/linalg", "xla/nn"}},
	{"xla/arithmetic", []string{"datasets/usercache", "datasets/filehash", "datasets/atomicfile", "datasets/arrays", "datasets", "xla", "xla/linalg", "xla/nn"}},
	{"xla/probe/softmax", []string{"datasets/arrays", "datasets/parallel", "xla", "xla/linalg"}},
	{"xla/counts", []string{"memtest/perm", "xla"}},
	{"xla/probe", []string{"datasets/memory", "datasets/seed", "datasets/arrays", "datasets/parallel", "xla", "xla/counts", "xla/linalg", "xla/probe/softmax"}},
	{"memtest", []string{"datasets/strictyaml", "datasets/memory", "datasets/seed", "datasets/arrays", "datasets", "datasets/features", "memtest/perm", "memtest/perturb", "memtest/result", "memtest/rundir", "xla", "xla/nn", "xla/arithmetic", "xla/counts", "xla/probe"}},
	{"memtest/internal/oracle", []string{"datasets/seed"}}, // not what it checks, nor what stands on that
	{"memtest/paper", []string{"datasets/atomicfile", "datasets/seed", "datasets/arrays", "datasets", "datasets/features", "memtest/perm", "memtest/perturb", "memtest/result", "memtest/rundir", "memtest/report/number", "memtest/report/chart", "memtest/report/document", "xla", "xla/nn", "xla/complexity", "memtest"}},
	{"memtest/show", []string{"datasets/usercache", "datasets/filehash", "datasets", "datasets/features", "memtest/onnx", "memtest/perturb", "memtest/result", "memtest/rundir", "memtest/report/number", "memtest/report/chart", "memtest/report/document", "memtest/report", "xla", "memtest"}},
	{"notebooks/nbdeps", []string{"datasets/seed", "datasets/arrays", "datasets", "datasets/features", "memtest/perm", "memtest/perturb", "memtest/result", "memtest/report", "xla", "xla/nn", "xla/probe", "memtest", "memtest/onnx", "memtest/show"}},
	{"cmd/memtest", []string{"datasets/memory", "datasets/filehash", "datasets/atomicfile", "datasets/arrays", "datasets", "datasets/features", "memtest/perm", "memtest/perturb", "memtest/result", "memtest/rule", "memtest/rundir", "memtest/report/number", "memtest/report/word", "memtest/report/chart", "memtest/report/document", "memtest/report", "memtest/tensorboard", "memtest/slurm", "xla", "xla/probe", "memtest", "memtest/onnx", "memtest/paper"}},
}

// arrows are the folders that each folder may import. A folder that lets itself
// import one of a higher floor fails the test.
func arrows(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, room := range house {
		for _, below := range room.may {
			if _, ok := all[below]; !ok {
				t.Errorf("the table lets %s import %s, which does not stand above it in the table", room.folder, below)
			}
		}
		all[room.folder] = room.may
	}
	return all
}

// doors lists the modules that only some folders may import: an upgrade of
// GoMLX must touch one folder.
var doors = map[string][]string{
	"github.com/gomlx/":             {"xla"},
	"github.com/spf13/":             {"cmd/memtest"},
	"github.com/rivo/uniseg":        {"memtest/report/document"},
	"github.com/schollz/":           {"cmd/memtest"},
	"gonum.org/v1/plot":             {"memtest/report/chart"},
	"github.com/janpfeifer/gonb":    {"memtest/show", "notebooks"},
	"pgregory.net/rapid":            {}, // tests only
	"github.com/sbinet/npyio":       {}, // tests only
	"github.com/janpfeifer/must":    {"notebooks"},
	"golang.org/x/image":            {"datasets", "memtest/report/chart"},
	"go.yaml.in/yaml/":              {"datasets/strictyaml", "memtest", "xla/nn"},
	"github.com/gofrs/flock":        {"datasets/filelock"},
	"github.com/x448/float16":       {"datasets/arrays"},
	"github.com/stretchr/":          {},
	"golang.org/x/term":             {"cmd/memtest"},
	"golang.org/x/sys":              {"xla", "datasets", "memtest/result"},
	"gonum.org/v1/gonum":            {"memtest/perm", "memtest/perturb", "memtest/internal/oracle", "xla/complexity", "xla/linalg", "xla/probe"},
	"codeberg.org/go-fonts/":        {"memtest/report/chart"},
	"github.com/gomlx/gomlx/pkg/ml": {"xla/trainhook"}, // layers and training loops are our own; this meets those of others
	"google.golang.org/protobuf":    {"memtest/onnx", "memtest/tensorboard"},
	"github.com/yalue/":             {"memtest/onnx"},
}

func TestArrows(t *testing.T) {
	seen := map[string]bool{}
	arrows := arrows(t)
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != ".." || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		folder := strings.TrimPrefix(path.Dir(filepath.ToSlash(name)), "../")
		allowed, known := arrows[folder]
		if !known && strings.Contains(folder, "internal") {
			return nil
		}
		if !known {
			t.Errorf("%s: the folder %s is not in the table of arrows", name, folder)
			return nil
		}
		seen[folder] = true
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			target, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if inner, ours := strings.CutPrefix(target, module); ours {
				if !slices.Contains(allowed, inner) && !strings.Contains(inner, "internal/") {
					t.Errorf("%s imports %s, which the table of arrows does not allow", name, inner)
				}
				continue
			}
			checkDoor(t, name, folder, target)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	for folder := range arrows {
		if !strings.Contains(string(page), folder) && folder != "notebooks/nbdeps" {
			t.Errorf("docs/architecture.md does not name %s", folder)
		}
		if !seen[folder] {
			t.Errorf("the table of arrows names %s, which holds no Go files", folder)
		}
	}
}

// checkDoor checks an import of another module. Every module must be in the
// table, the longest matching entry counts, and a folder stands for those below
// it.
func checkDoor(t *testing.T, name, folder, target string) {
	if first, _, _ := strings.Cut(target, "/"); !strings.Contains(first, ".") {
		return // the standard library
	}
	longest := ""
	for prefix := range doors {
		if strings.HasPrefix(target, prefix) && len(prefix) > len(longest) {
			longest = prefix
		}
	}
	if longest == "" {
		t.Errorf("%s imports %s, which is not in the table of doors", name, target)
		return
	}
	for _, f := range doors[longest] {
		if folder == f || strings.HasPrefix(folder, f+"/") {
			return
		}
	}
	t.Errorf("%s imports %s, which the table of doors does not allow in %s", name, target, folder)
}
