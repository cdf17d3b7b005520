package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// shardsDir is the folder, in that of a run, in which processes measure parts of the
// run apart: shards/2-of-4/network-3 is the folder of such a part, laid out as that of
// a run.
const shardsDir = "shards"

// Part is the folder of a part of a run that is measured apart.
type Part struct {
	Number, Of int    // of its shard, from 1
	Name       string // of the part: "input", "network-3"
	Path       string
}

// PartFolder is the folder of a part of the run in out.
func PartFolder(out string, number, of int, name string) string {
	return filepath.Join(out, shardsDir, fmt.Sprintf("%d-of-%d", number, of), name)
}

// Parts lists the parts of the run in out, of each shard those that were begun, in the
// order of the shards. A folder without shards has none. Shards of different numbers in
// one folder are an error, which counts as result.ErrInput.
func Parts(out string) ([]Part, error) {
	shards, err := os.ReadDir(filepath.Join(out, shardsDir))
	if errors.Is(err, syscall.ENOTDIR) {
		return nil, result.Inputf("%s is a file, not the folder of a run: give the folder that shards share", out)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var all []Part
	for _, shard := range shards {
		number, of, ok := shardName(shard.Name())
		if !ok || !shard.IsDir() {
			continue
		}
		if len(all) > 0 && all[0].Of != of {
			return nil, result.Inputf("%s holds shards of %d and of %d (%s): give the shards of another number another folder with --out", filepath.Join(out, shardsDir), all[0].Of, of, shard.Name())
		}
		parts, err := os.ReadDir(filepath.Join(out, shardsDir, shard.Name()))
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if p.IsDir() && !strings.Contains(p.Name(), asidePart) {
				all = append(all, Part{number, of, p.Name(), filepath.Join(out, shardsDir, shard.Name(), p.Name())})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b Part) int { return a.Number - b.Number })
	return all, nil
}

// ShardCount is the number of shards that a folder has room for already; 0 = none was
// begun there.
func ShardCount(out string) (int, error) {
	entries, err := os.ReadDir(filepath.Join(out, shardsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return 0, err
	}
	for _, e := range entries {
		if _, of, ok := shardName(e.Name()); ok && e.IsDir() {
			return of, nil
		}
	}
	return 0, nil
}

// shardName reads the name of a shard's folder, "2-of-4".
func shardName(name string) (number, of int, ok bool) {
	_, err := fmt.Sscanf(name, "%d-of-%d", &number, &of)
	return number, of, err == nil && fmt.Sprintf("%d-of-%d", number, of) == name && number >= 1 && number <= of
}

// ForShards is nil where shards of a run may be measured below a folder: nothing is in
// the way, or what is there was merged of such shards.
func ForShards(out string) error {
	d := &Dir{path: out}
	if !d.holdsRun() {
		return nil
	}
	m, err := d.Manifest()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(m.Shards) == 0 {
		return result.Inputf("%s holds a run that was measured as a whole, or part of one (%s): give the shards another folder with --out", out, d.Path(ConfigFile))
	}
	return nil
}

// Busy says whether a process measures into a folder at this moment.
func Busy(path string) (bool, error) {
	d := &Dir{path: path}
	err := d.acquire()
	if busy := (*InUse)(nil); errors.As(err, &busy) {
		return true, nil
	}
	return false, errors.Join(err, d.Close())
}
