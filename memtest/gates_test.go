package memtest_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// goFiles calls f for every Go file of the project, tests included; folder is that
// of the file below the project's root.
func goFiles(t *testing.T, f func(name, folder string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") && name != ".." || entry.Name() == "testdata") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(name, ".go") {
			f(name, strings.TrimPrefix(path.Dir(filepath.ToSlash(name)), "../"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGofmt(t *testing.T) {
	goFiles(t, func(name, _ string) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if formatted, err := format.Source(text); err != nil || !bytes.Equal(text, formatted) {
			t.Errorf("%s is not as gofmt writes it (%v)", name, err)
		}
	})
}

// exported is an exported name of a package: a function, a type, a method, a
// constant or a variable.
type exported struct {
	folder, receiver, name string
	commented              bool
	file                   string
}

func (e exported) String() string {
	if e.receiver != "" {
		return e.folder + ": " + e.receiver + "." + e.name
	}
	return e.folder + ": " + e.name
}

// exportedNames are those of all packages that are not commands.
func exportedNames(t *testing.T) []exported {
	t.Helper()
	var all []exported
	goFiles(t, func(name, folder string) {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(folder, "cmd/") || strings.Contains(folder, "internal") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			for _, e := range exportedOf(d) {
				e.folder, e.file = folder, name
				all = append(all, e)
			}
		}
	})
	return all
}

func exportedOf(d ast.Decl) []exported {
	switch d := d.(type) {
	case *ast.FuncDecl:
		e := exported{name: d.Name.Name, receiver: receiverOf(d), commented: d.Doc != nil}
		if ast.IsExported(e.name) && (d.Recv == nil || ast.IsExported(e.receiver)) {
			return []exported{e}
		}
	case *ast.GenDecl:
		var all []exported
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					all = append(all, exported{name: s.Name.Name, commented: d.Doc != nil || s.Doc != nil || s.Comment != nil})
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() {
						all = append(all, exported{name: n.Name, commented: d.Doc != nil || s.Doc != nil || s.Comment != nil})
					}
				}
			}
		}
		return all
	}
	return nil
}

func receiverOf(d *ast.FuncDecl) string {
	if d.Recv == nil || len(d.Recv.List) == 0 {
		return ""
	}
	typ := d.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	if id, ok := typ.(*ast.Ident); ok {
		return id.Name
	}
	return ""
}

// obvious are methods whose contract is that of an interface, known by its name.
var obvious = []string{"Error", "Is", "Unwrap", "String", "Name", "Unit", "Check", "At", "Fit", "Prepare", "Predict", "Chunk", "Close", "Examples", "Classes", "Set", "Len", "MarshalYAML", "UnmarshalYAML", "MarshalText", "UnmarshalText"}

// Every exported name has a comment, and every package one.
func TestExportedNamesHaveComments(t *testing.T) {
	for _, e := range exportedNames(t) {
		if !e.commented && !(e.receiver != "" && slices.Contains(obvious, e.name)) {
			t.Errorf("%s has no comment (%s)", e, e.file)
		}
	}
	packages := map[string]bool{}
	goFiles(t, func(name, folder string) {
		if strings.HasSuffix(name, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		packages[folder] = packages[folder] || file.Doc != nil
	})
	for folder, commented := range packages {
		if !commented {
			t.Errorf("package %s has no comment", folder)
		}
	}
}

// Every exported name is used outside of its package, or in an Example, or by a
// notebook, or is the type of something that is exported; else it need not be
// exported. Names are compared, not what they stand for, so a name that another
// package has too passes.
func TestExportedNamesHaveCallers(t *testing.T) {
	used := map[string]map[string]bool{} // name -> folders that use it
	note := func(name, folder string) {
		if used[name] == nil {
			used[name] = map[string]bool{}
		}
		used[name][folder] = true
	}
	goFiles(t, func(name, folder string) {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, typ := range typesOfExported(file) {
			note(typ, "signatures of "+folder)
		}
		if example := strings.HasPrefix(path.Base(name), "example"); strings.HasSuffix(name, "_test.go") {
			if !example && !usesInExamples(file) {
				return
			}
			folder = "example of " + folder
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				note(n.Sel.Name, folder)
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok {
					note(key.Name, folder)
				}
			}
			return true
		})
	})
	cells := notebookCells(t)
	for _, e := range exportedNames(t) {
		if e.receiver != "" && slices.Contains(obvious, e.name) || strings.Contains(cells, "."+e.name) {
			continue
		}
		elsewhere := false
		for folder := range used[e.name] {
			elsewhere = elsewhere || folder != e.folder
		}
		if !elsewhere {
			t.Errorf("%s is used by no other package, Example or notebook", e)
		}
	}
}

// typesOfExported are the names in the signatures of exported functions and in
// exported fields of a file.
func typesOfExported(file *ast.File) []string {
	var all []string
	names := func(n ast.Node) {
		ast.Inspect(n, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok && id.IsExported() {
				all = append(all, id.Name)
			}
			return true
		})
	}
	for _, d := range file.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiverOf(d))) {
				names(d.Type)
			}
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if s, ok := spec.(*ast.TypeSpec); ok && s.Name.IsExported() {
					names(s.Type)
				}
			}
		}
	}
	return all
}

// usesInExamples says whether a test file has an Example.
func usesInExamples(file *ast.File) bool {
	return slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
		f, ok := d.(*ast.FuncDecl)
		return ok && strings.HasPrefix(f.Name.Name, "Example")
	})
}

// notebookCells is the code of all notebooks.
func notebookCells(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("../notebooks/*.ipynb")
	if err != nil || len(names) == 0 {
		t.Fatalf("no notebooks: %v", err)
	}
	var all strings.Builder
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var book struct {
			Cells []struct {
				Source []string `json:"source"`
			} `json:"cells"`
		}
		if err := json.Unmarshal(text, &book); err != nil {
			t.Fatal(err)
		}
		for _, c := range book.Cells {
			all.WriteString(strings.Join(c.Source, ""))
		}
	}
	return all.String()
}
