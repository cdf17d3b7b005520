package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// idxName is the usual form of an IDX file's name, such as
// train-images-idx3-ubyte.gz, t10k-labels.idx1-ubyte, emnist-digits-test-images-idx3-ubyte.
var idxName = regexp.MustCompile(`^(?:.*-)?(train|t10k|test)-(images|labels)[-.]idx[0-9]-ubyte(?:\.gz)?$`)

// idxAny is the end of any IDX file's name.
var idxAny = regexp.MustCompile(`[-.]idx[0-9]-ubyte(?:\.gz)?$`)

// idxFolder is the four files of a set; the two test files may both be "".
type idxFolder struct{ trainImages, trainLabels, testImages, testLabels string }

// findIDX looks for the files of one set in a folder that holds some. left are IDX
// files of names that say no role.
func findIDX(dir string) (f idxFolder, left []string, err error) {
	found, left, err := idxFiles(dir)
	if err != nil {
		return f, nil, err
	}
	for role, slot := range map[string]*string{
		"train-images": &f.trainImages, "train-labels": &f.trainLabels, "test-images": &f.testImages, "test-labels": &f.testLabels,
	} {
		if *slot, err = oneOf(dir, found[role]); err != nil {
			return f, nil, err
		}
	}
	if f.trainImages == "" || f.trainLabels == "" {
		return f, nil, fmt.Errorf("folder %s holds IDX files, but not both %s and %s", dir, trainImages, trainLabels)
	}
	if (f.testImages == "") != (f.testLabels == "") {
		return f, nil, fmt.Errorf("folder %s holds one of %s and %s; give both, or neither", dir, testImages, testLabels)
	}
	return f, left, nil
}

// idxFiles lists the IDX files of a folder by their role, such as test-images. A file
// may lie in a folder of its own name, as some archives unpack.
func idxFiles(dir string) (found map[string][]string, left []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	found = map[string][]string{}
	for _, e := range entries {
		role := idxRole(e.Name())
		path := filepath.Join(dir, e.Name())
		st, err := os.Stat(path)
		switch {
		case role == "" && idxAny.MatchString(e.Name()):
			left = append(left, e.Name())
		case role == "" || err != nil:
		case !st.IsDir():
			found[role] = append(found[role], path)
		default:
			inner, err := os.ReadDir(path)
			if err != nil {
				return nil, nil, err
			}
			for _, i := range inner {
				if idxRole(i.Name()) == role && !i.IsDir() {
					found[role] = append(found[role], filepath.Join(path, i.Name()))
				}
			}
		}
	}
	return found, left, nil
}

// idxRole is what a file of this name holds, such as test-images; "" = it does not say.
func idxRole(name string) string {
	m := idxName.FindStringSubmatch(name)
	if m == nil {
		return ""
	}
	part := m[1]
	if part == "t10k" {
		part = "test"
	}
	return part + "-" + m[2]
}

// oneOf is the file to read of several for one role: they must hold the same, as a
// file and the same compressed do; "" of none.
func oneOf(dir string, paths []string) (string, error) {
	if len(paths) < 2 {
		return strings.Join(paths, ""), nil
	}
	chosen, content := "", ""
	for _, p := range paths {
		d, err := digestsOf(p)
		if err != nil {
			return "", err
		}
		if content != "" && d.content != content {
			return "", fmt.Errorf("folder %s holds both %s and %s, which differ; keep one of them", dir, within(dir, chosen), within(dir, p))
		}
		content = d.content
		if chosen == "" || strings.HasSuffix(chosen, ".gz") && !strings.HasSuffix(p, ".gz") {
			chosen = p
		}
	}
	return chosen, nil
}

// within is a path as seen from a folder that it lies in.
func within(dir, path string) string {
	if rel, err := filepath.Rel(dir, path); err == nil {
		return rel
	}
	return path
}

// readIDXPairs reads training and test files at the same time. check sees each
// file's digests and may refuse it; nil accepts all.
func readIDXPairs(f idxFolder, check func(path string, d digests) error) (train, test examples, err error) {
	paths := []string{f.trainImages, f.trainLabels, f.testImages, f.testLabels}
	parts := make([]bytesArray, len(paths))
	errs := make([]error, len(paths))
	var wait sync.WaitGroup
	for i, path := range paths {
		if path == "" {
			continue
		}
		wait.Go(func() {
			var d digests
			parts[i], d, errs[i] = readIDXFile(path)
			if errs[i] == nil && check != nil {
				errs[i] = check(path, d)
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return train, test, err
		}
	}
	if train, err = idxExamples(parts[0], parts[1]); err != nil {
		return train, test, fmt.Errorf("files %s and %s: %w", f.trainImages, f.trainLabels, err)
	}
	if f.testImages != "" {
		if test, err = idxExamples(parts[2], parts[3]); err != nil {
			return train, test, fmt.Errorf("files %s and %s: %w", f.testImages, f.testLabels, err)
		}
	}
	return train, test, nil
}

// loadIDX reads a named set of four IDX files from a folder that holds them.
func (i Info) loadIDX(dir string) (*Set, *Set, error) {
	var paths [4]string
	for k, f := range i.Files {
		paths[k] = findFile(dir, f.Name)
	}
	byPath := make(map[string]File, 4)
	for k, p := range paths {
		byPath[p] = i.Files[k]
	}
	check := func(path string, d digests) error { return byPath[path].check(path, d, i.Name) }
	train, test, err := readIDXPairs(idxFolder{paths[0], paths[1], paths[2], paths[3]}, check)
	if err != nil {
		return nil, nil, err
	}
	return i.buildSets(dir, train, test)
}

// is says whether a file has a known sum of this one: that of the distributed file
// as it is, or of the same contents in another compression.
func (f File) is(d digests) bool {
	return d.file == f.SHA256 || f.Content != "" && d.content == f.Content
}

// check compares a file with its known sums.
func (f File) check(path string, d digests, set string) error {
	if f.is(d) {
		return nil
	}
	for _, other := range catalog() {
		for _, g := range other.Files {
			if other.Name != set && g.is(d) {
				return fmt.Errorf("file %s is the %s of %s, not of %s; move it into a folder of its own, named %s", path, g.Name, other.Name, set, other.Name)
			}
		}
	}
	if f.Content == "" && d.file == d.content && !strings.HasSuffix(path, ".gz") {
		return nil // a plain file whose sum is not known: its structure was checked, see likely
	}
	want := f.Content
	if want == "" {
		want = f.SHA256
	}
	return fmt.Errorf("file %s is not the %s of %s: its SHA-256 is %s, expected %s; move it away and fetch the set again", path, f.Name, set, d.content, want)
}

// numberBy turns labels that number the classes into their names. Labels out of
// range keep their number, which is then no class's name and is refused.
func (e *examples) numberBy(classes []string) {
	names := make([]string, len(e.labels.Ints))
	for i, y := range e.labels.Ints {
		if names[i] = strconv.FormatInt(y, 10); y >= 0 && y < int64(len(classes)) {
			names[i] = classes[y]
		}
	}
	e.labels = arrays.Labels{Texts: names}
}
