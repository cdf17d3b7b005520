package datasets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// Names of folders that hold a part of a set, not a class.
var (
	trainFolders = []string{"train", "training"}
	testFolders  = []string{"test", "testing", "val", "valid", "validation", "dev", "eval"}
)

// readPictures reads a folder with one subfolder of pictures for each class, or
// with a folder for each part that is of that form. Folders and files are read in
// the order of their names.
func readPictures(ctx context.Context, dir string, o FileOptions) (train, test examples, err error) {
	folders, files, err := pictureFolders(dir)
	if err != nil {
		return train, test, err
	}
	if inside, found := strings.CutPrefix(o.Test, dir+string(filepath.Separator)); found {
		o.Test = inside // as the shell completes it
	}
	p, err := partsOf(dir, folders, o)
	if err != nil {
		return train, test, err
	}
	if p.train == "" && o.Test != "" {
		return train, test, fmt.Errorf("folder %s: test is stated as %s, but there is no folder train beside it; leave test= out of --own", dir, o.Test)
	}
	if p.train == "" {
		train, err = readClasses(ctx, dir, folders, o)
		train.beside(dir, files)
		return train, test, err
	}
	if train, err = readPart(ctx, filepath.Join(dir, p.train), o); err != nil {
		return train, test, err
	}
	train.beside(dir, files)
	if len(p.left) > 0 {
		train.leftOut(dir, fmt.Sprintf("folder %s", list(p.left)))
	}
	if p.test == "" {
		return train, test, nil
	}
	test, err = readPart(ctx, filepath.Join(dir, p.test), o)
	train.notes = append(train.notes, test.notes...)
	return train, test, err
}

// beside notes the files that lie beside the folders of a folder.
func (e *examples) beside(dir string, files []string) {
	if files != nil {
		e.leftOut(dir, filesLeft(files, "beside the folders"))
	}
}

// readPart reads the folder of one part.
func readPart(ctx context.Context, dir string, o FileOptions) (examples, error) {
	classes, files, err := pictureFolders(dir)
	if err != nil {
		return examples{}, err
	}
	e, err := readClasses(ctx, dir, classes, o)
	e.beside(dir, files)
	return e, err
}

// parts are the folders of a set that holds one for each of its parts: those that
// are read, and those that are not. train "" = the folders are classes.
type parts struct {
	train, test string
	left        []string
}

// partsOf tells parts from classes. A folder named train is a part where it holds
// folders, those of the classes; what no rule settles is refused.
func partsOf(dir string, folders []string, o FileOptions) (parts, error) {
	named := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(folders), func(f string) bool { return !slices.Contains(names, strings.ToLower(f)) })
	}
	train, tests := named(trainFolders), named(testFolders)
	others := len(folders) - len(train) - len(tests)
	holdClasses := func(f string) bool {
		inner, _, err := pictureFolders(filepath.Join(dir, f))
		return err == nil && len(inner) > 0
	}
	switch {
	case len(train) == 0 && !slices.ContainsFunc(tests, holdClasses):
		if others == 0 && len(tests) > 0 {
			return parts{}, fmt.Errorf("folder %s holds %s, which are names of parts, not of classes; give the path of a folder that holds one folder of pictures for each class, or rename these if they are classes", dir, list(tests))
		}
		return parts{}, nil
	case len(train) == 0:
		return parts{}, fmt.Errorf("folder %s holds %s, but no folder train; give the path of the one to read, or name one of them train", dir, list(tests))
	case len(train) == 2:
		return parts{}, fmt.Errorf("folder %s holds both %s and %s; keep one", dir, train[0], train[1])
	case !holdClasses(train[0]) && others > 0 && !slices.ContainsFunc(tests, holdClasses):
		return parts{}, nil // a class of that name
	case others > 0:
		return parts{}, fmt.Errorf("folder %s holds %s and also %s; beside %s there may be parts only, such as test or val", dir, train[0], list(notIn(folders, append(train, tests...))), train[0])
	case !holdClasses(train[0]):
		return parts{}, fmt.Errorf("folder %s holds no folders of pictures; make one for each class", filepath.Join(dir, train[0]))
	}
	return testOf(dir, parts{train: train[0]}, tests, o)
}

// testOf chooses the part to test on: the one that is stated or the only one there is,
// where its name says so.
func testOf(dir string, p parts, tests []string, o FileOptions) (parts, error) {
	switch {
	case o.Test != "" && !slices.Contains(tests, o.Test):
		return p, fmt.Errorf("folder %s: test is stated as %s, which is no part beside %s; %s", dir, o.Test, p.train, choice(tests))
	case o.Test != "":
		p.test, p.left = o.Test, notIn(tests, []string{o.Test})
	case len(tests) == 1 && slices.Contains([]string{"test", "testing"}, strings.ToLower(tests[0])):
		p.test = tests[0]
	case len(tests) > 0:
		return p, fmt.Errorf("folder %s holds %s beside %s; state which is the test part, as in --own test=%s", dir, list(tests), p.train, tests[0])
	}
	return p, nil
}

// choice says what the test part may be.
func choice(tests []string) string {
	if len(tests) == 0 {
		return "leave test= out of --own"
	}
	return fmt.Sprintf("choose from %s, as in --own test=%s", list(tests), tests[0])
}

// notIn are the names that are none of others.
func notIn(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(others, n) })
}

// pictureFolders lists the folders and the files in a folder, links included, but
// for those that programs leave everywhere.
func pictureFolders(dir string) (folders, files []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if litter(e.Name()) {
			continue
		}
		st, err := os.Stat(filepath.Join(dir, e.Name()))
		switch {
		case err != nil:
			return nil, nil, fmt.Errorf("%w; remove it", err) // a link to itself or to nothing
		case !st.IsDir():
			files = append(files, e.Name())
		case !utf8.ValidString(e.Name()):
			return nil, nil, fmt.Errorf("folder %s holds the folder %q, whose name is not UTF-8; rename it", dir, e.Name())
		default:
			folders = append(folders, e.Name())
		}
	}
	return folders, files, nil
}

// litter says whether a file or folder is of those that programs leave in every
// folder: hidden ones and some of fixed names.
func litter(name string) bool {
	return hidden(name) || slices.Contains([]string{"thumbs.db", "desktop.ini", "icon\r", "__macosx", "@eadir", "ehthumbs.db"}, strings.ToLower(name))
}

// pictureFile is one file and the name of its class.
type pictureFile struct{ path, class string }

func readClasses(ctx context.Context, dir string, classes []string, o FileOptions) (examples, error) {
	var files []pictureFile
	var left []string
	for _, class := range classes {
		found, others, err := pictureFiles(filepath.Join(dir, class))
		if err != nil {
			return examples{}, err
		}
		for _, name := range found {
			files = append(files, pictureFile{filepath.Join(dir, class, name), class})
		}
		for _, name := range others {
			left = append(left, filepath.Join(class, name))
		}
	}
	if len(files) == 0 {
		return examples{}, fmt.Errorf("folder %s holds no folders of pictures; make one for each class", dir)
	}
	e, err := decodePictures(ctx, files, o)
	if left != nil {
		e.leftOut(dir, filesLeft(left, "in class folders, which are no pictures"))
	}
	return e, err
}

// filesLeft counts and names files.
func filesLeft(names []string, where string) string {
	return fmt.Sprintf("%s %s: %s", plural(len(names), "file"), where, list(names))
}
