package datasets

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// idxName is the usual form of an IDX file's name, such as
// train-images-idx3-ubyte.gz, t10k-labels.idx1-ubyte, emnist-digits-test-images-idx3-ubyte.
var idxName = regexp.MustCompile(`^(?:.*-)?(train|t10k|test)-(images|labels)[-.]idx[0-9]-ubyte(?:\.gz)?$`)

// idxFolder is the four files of a set; the two test files may both be "".
type idxFolder struct{ trainImages, trainLabels, testImages, testLabels string }

// findIDX looks for the files of one set in a folder. found is false where it
// holds none; two files for one role are an error, for none may be guessed.
func findIDX(dir string) (f idxFolder, found bool, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return f, false, err
	}
	for _, e := range entries {
		m := idxName.FindStringSubmatch(e.Name())
		if m == nil {
			continue
		}
		slot := map[string]*string{
			"train-images": &f.trainImages, "train-labels": &f.trainLabels,
			"test-images": &f.testImages, "test-labels": &f.testLabels,
			"t10k-images": &f.testImages, "t10k-labels": &f.testLabels,
		}[m[1]+"-"+m[2]]
		if *slot != "" {
			return f, true, fmt.Errorf("folder %s holds both %s and %s; keep one of them", dir, filepath.Base(*slot), e.Name())
		}
		*slot = filepath.Join(dir, e.Name())
		found = true
	}
	if !found {
		return f, false, nil
	}
	if f.trainImages == "" || f.trainLabels == "" {
		return f, true, fmt.Errorf("folder %s holds IDX files, but not both %s and %s", dir, trainImages, trainLabels)
	}
	if (f.testImages == "") != (f.testLabels == "") {
		return f, true, fmt.Errorf("folder %s holds one of %s and %s; give both, or neither", dir, testImages, testLabels)
	}
	return f, true, nil
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
	if f.Content == "" && d.file == d.content {
		return nil // a plain file whose sum is not known: its structure was checked
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
