package datasets

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Options says where data may come from and how one's own files are to be read.
// The zero value searches all places, may download, and reads only files whose
// meaning their format settles.
type Options struct {
	// Whole says that a network was trained elsewhere on all examples of own data
	// without a test part: none are drawn for testing, unless Files.TestShare asks for it.
	Whole bool

	Seed uint64 // of named sets that are drawn: those that are generated, and labels by lot; 0 = 1

	Dir      string         // folder searched before all others; "" = none
	Offline  bool           // true forbids every download
	Progress func(Progress) // called from the loading goroutine while bytes arrive; nil = not called
	Log      io.Writer      // gets a line before anything is downloaded, and one for all that is left out of own files; nil = nobody
	Files    FileOptions    // how to read one's own files
}

// Progress is how far a download is.
type Progress struct {
	Set   string // name of the set
	File  string // name of the file
	From  string // address
	Done  int64  // bytes that have arrived, those of an earlier, broken attempt included
	Total int64  // bytes in all
}

// Load returns a set by name, see Names, or one's own data by path: a folder of
// IDX files, of CIFAR binary files, of .npy files, or of pictures (PNG, JPEG, GIF,
// BMP, TIFF, WebP) by class; a file .npz, .safetensors, .csv, .tsv or .tab of images, a
// table, texts, token numbers or series, or .ts of series; see FileOptions. Arrays and
// tables are those that package arrays reads. A vocabulary of texts, categories and what
// stands for missing values are those of the training examples.
//
// What is embedded or generated needs nothing else:
//
//   - words: names of regions and languages in twelve languages, characters as tokens; of
//     those that stand in several languages, which Set.ByChance marks, the label is drawn
//     by Options.Seed, and so is the test part. Longer ones than 24 characters are left out.
//   - cbf: cylinder, bell and funnel, 64 steps, drawn by Options.Seed.
//   - adult-sample: a table with categories, some of them missing.
//
// Any other named set is looked for in Options.Dir, in the folder that the environment
// variable MEMTEST_DATA names (in both, first in a subfolder of the set's name), in the
// user's cache, in /usr/share/datasets and /usr/local/share/datasets and, for MNIST, in
// Go's module cache; then it is downloaded into the user's cache. Archives, and files
// whose sums are known, are verified wherever they were found; of unpacked CIFAR and
// EMNIST and of unzipped KMNIST the structure and the numbers of examples alone are, and
// Options.Log is told. AG News and UCI HAR are read from their archives alone: the tokens
// of the first are runs of letters and digits in small letters, of which a text keeps its
// first 64 and the vocabulary, of 20,000, the most frequent of training; of the second
// each person's windows are a group. A folder that is named for no set is passed
// over by MNIST and its kin where the sums do not tell that the files in it are theirs.
// The error of a set that is nowhere and must not be downloaded is ErrAbsent.
//
// Both sets have passed Check. test is nil only where FileOptions.TestShare or Options.Whole asks for it.
func Load(ctx context.Context, name string, o Options) (train, test *Set, err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if info, ok := lookup(name); ok {
		if err := o.Files.unused("data set "+name, nil); err != nil {
			return nil, nil, err
		}
		return info.load(ctx, o)
	}
	if _, err := os.Stat(name); err != nil {
		if name == "" || !strings.ContainsAny(name, `/\.`) {
			return nil, nil, fmt.Errorf("there is no data set or folder named %q; choose one of %s, or give the path of your own data", name, strings.Join(Names(), ", "))
		}
		return nil, nil, fmt.Errorf("data %s: %w; give the path of your own data, or one of %s", name, err, strings.Join(Names(), ", "))
	}
	return loadPath(ctx, filepath.Clean(name), o)
}

func (i Info) load(ctx context.Context, o Options) (train, test *Set, err error) {
	if draw := made()[i.Name]; draw != nil {
		return draw(i, o)
	}
	dir, err := i.locate(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	switch i.Name {
	case "cifar10", "cifar100":
		train, test, err = i.loadCIFAR(ctx, dir)
	case "emnist-digits":
		train, test, err = i.loadEMNIST(ctx, dir)
	case "ag-news":
		train, test, err = i.loadNews(ctx, dir)
	case "uci-har":
		train, test, err = i.loadHAR(ctx, dir)
	case "adult":
		train, test, err = i.loadAdult(ctx, dir)
	default:
		train, test, err = i.loadIDX(dir)
	}
	if err == nil && !i.verified(dir) {
		err = i.likely(dir, train, test, o.Log)
	}
	if err != nil {
		return nil, nil, err
	}
	return train, test, nil
}

// likely holds files without known sums against what is known of the set, and says
// that they are not verified.
func (i Info) likely(dir string, train, test *Set, log io.Writer) error {
	for _, s := range []*Set{train, test} {
		for k, n := range s.Counts() {
			if i.balanced && n != s.Len()/len(s.Classes) {
				return fmt.Errorf("folder %s is not %s: it holds %d examples of class %s in %s, where the set has %d; fetch the set, or give the path of the folder to read it as your own data", dir, i.Name, n, s.Classes[k], s.Name, s.Len()/len(s.Classes))
			}
		}
	}
	if log != nil {
		fmt.Fprintf(log, "data set %s: the files in %s are not verified, as sums are known of the archive %s alone: their form and the numbers of examples are right, their contents are taken on trust\n", i.Name, dir, i.Files[0].Name)
	}
	return nil
}

// testPartError is of the test part of a set.
type testPartError struct{ error }

func (e testPartError) Unwrap() error { return e.error }

// finish numbers the labels of both parts by the training classes.
func finish(name string, classes []string, train, test examples) (*Set, *Set, error) {
	if test.shape != train.shape {
		return nil, nil, testPartError{fmt.Errorf("data set %q: training examples are %v, but test examples are %v; give both the same shape", name, train.shape, test.shape)}
	}
	a, err := train.set(name, classes)
	if err != nil {
		return nil, nil, err
	}
	b, err := test.set(name+" (test)", a.Classes)
	if err != nil {
		return nil, nil, testPartError{err}
	}
	return a, b, nil
}
