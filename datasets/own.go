package datasets

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// Own says how to read one's own files where their format leaves it open.
type Own struct {
	// TestShare is the share of the examples, drawn by class, that becomes the
	// test set where the files hold none. 0 = 0.2; below 0 = no test set.
	TestShare float64
	Seed      uint64 // of that draw
}

// loadPath reads one's own data; the path exists.
func loadPath(ctx context.Context, path string, o Own) (*Set, *Set, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !st.IsDir() {
		return nil, nil, fmt.Errorf("data %s is a file; give the folder of IDX files that holds it", path)
	}
	f, found, err := findIDX(path)
	if err != nil {
		return nil, nil, err
	}
	if !found {
		return nil, nil, fmt.Errorf("folder %s holds no IDX files, such as %s and %s", path, trainImages, trainLabels)
	}
	train, test, err := readIDXPairs(f, nil)
	if err != nil {
		return nil, nil, err
	}
	return o.finish(filepath.Base(path), train, test)
}

// finish makes the two sets, splitting the first where there is no second.
func (o Own) finish(name string, train, test examples) (*Set, *Set, error) {
	if test.x != nil {
		return finish(name, nil, train, test)
	}
	all, err := train.set(name, nil)
	if err != nil || o.TestShare < 0 {
		return all, nil, err
	}
	share := o.TestShare
	if share == 0 {
		share = 0.2
	}
	a, b, err := Split(all, share, o.Seed)
	if err != nil {
		return nil, nil, err
	}
	b.Name = name + " (test)"
	for _, s := range []*Set{a, b} {
		if err := s.Check(); err != nil {
			return nil, nil, fmt.Errorf("%w; its test part was drawn from it: give one, or more examples", err)
		}
	}
	return a, b, nil
}
