package datasets

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"path"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

// made are the sets that need no files of anybody: those that are part of this program
// and those that it draws.
func made() map[string]func(Info, Options) (train, test *Set, err error) {
	return map[string]func(Info, Options) (train, test *Set, err error){
		sampleName:     func(i Info, _ Options) (*Set, *Set, error) { return loadSample(i) },
		"words":        loadWords,
		"cbf":          loadCBF,
		"adult-sample": loadAdultSample,
	}
}

// made says whether the set is one of those.
func (i Info) made() bool { return made()[i.Name] != nil }

// readEmbedded is the unzipped content of an embedded file, compared with its sum.
func (f File) readEmbedded(fs embed.FS, folder, set string) ([]byte, error) {
	b, err := fs.ReadFile(path.Join(folder, f.Name))
	if err != nil {
		return nil, err
	}
	inside := sha256.New()
	r, _, err := inflate(bytes.NewReader(b), int64(len(b)))
	if err == nil {
		b, err = io.ReadAll(io.TeeReader(r, inside))
	}
	if err != nil {
		return nil, fmt.Errorf("embedded file %s: %w", f.Name, err)
	}
	return b, f.check(f.Name, digests{content: hexSum(inside)}, set)
}

// rootSeed is the seed of a named set that is drawn.
func (o Options) rootSeed() uint64 { return cmp.Or(o.Seed, 1) }

// divide gives Info.Test examples of all, drawn by class, to the test part and the
// others to the training part, both in an order that is drawn too, and checks them.
func (i Info) divide(all *Set, root uint64) (train, test *Set, err error) {
	if all.Len() != i.Train+i.Test {
		return nil, nil, fmt.Errorf("data set %s has %d examples, but there are %d", i.Name, i.Train+i.Test, all.Len())
	}
	order := seed.Stream(root, i.Name, "order").Perm(all.Len())
	all = all.Subset(order)
	drawn, _ := seed.Sum(root, i.Name, "test")
	picked, rest := stratify(all, i.Test, drawn)
	train, test = all.Subset(rest), all.Subset(picked)
	train.Name, test.Name = i.Name, i.Name+" (test)"
	return train, test, cmp.Or(train.Check(), test.Check())
}

// indexOf is the place of a name among the classes of the set.
func (i Info) indexOf(class string) (int32, error) {
	if k := slices.Index(i.Classes, class); k >= 0 {
		return int32(k), nil
	}
	return 0, fmt.Errorf("%q is no class of %s, which has %v", class, i.Name, i.Classes)
}
