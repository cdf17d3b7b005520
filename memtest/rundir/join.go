package rundir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Join opens the folder of a run to put together there what was measured apart, given
// its configuration and its manifest, which names the shards. What an earlier Join put
// there is replaced; any other run is refused. The caller takes evidence and networks
// of the parts, writes the rows, finishes and closes.
func Join(path string, config []byte, m result.Manifest) (_ *Dir, err error) {
	d := &Dir{path: path, config: bytes.Clone(config), known: map[string]result.Row{}}
	if err := d.joinable(); err != nil {
		return nil, err
	}
	if err := d.acquire(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if err := d.joinable(); err != nil { // once more, for what another process did until now
		return nil, err
	}
	// First the manifest, which says that the rest is of shards: so what a full disk or a
	// kill leaves half-done can be done again.
	if err := d.writeManifest(begun(config, m)); err != nil {
		return nil, err
	}
	if err := d.Put(ConfigFile, config); err != nil {
		return nil, err
	}
	d.rows, err = openFile(d.Path(RowsFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND)
	return d, err
}

// joinable is nil where nothing is in the way of Join.
func (d *Dir) joinable() error {
	if err := ForShards(d.path); err != nil {
		return err
	}
	m, err := d.Manifest()
	if errors.Is(err, fs.ErrNotExist) {
		for _, name := range runsOwn {
			if _, err := os.Lstat(d.Path(name)); err == nil {
				return result.Inputf("%s has something in the place of what a run writes (%s): move it away, and merge again", d.path, d.Path(name))
			}
		}
		return nil
	}
	if err != nil {
		return err
	}
	if m.Config != result.Hash(d.config) {
		return result.Inputf("%s was merged, and then gone on with by another configuration, so merging again would throw that away: copy %s into a new folder and merge there", d.path, d.Path(shardsDir))
	}
	return nil
}

// TakeEvidence copies the evidence of a cell from the folder of a part.
func (d *Dir) TakeEvidence(from *Dir, cell string) error {
	if err := os.MkdirAll(d.Path(evidenceDir), 0o777); err != nil {
		return err
	}
	text, err := ReadFile(from.evidencePath(cell))
	if err != nil {
		return err
	}
	return d.put(d.evidencePath(cell), bytesOf(text))
}

// TakeNetworks brings the networks that were trained for a part into the run, where
// export finds them: by a second name for the same file where the file system can do
// that, else as a copy.
func (d *Dir) TakeNetworks(from *Dir) error {
	root := from.Path(SnapshotsDir)
	err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		return d.takeFile(path, filepath.Join(d.Path(SnapshotsDir), name))
	})
	if errors.Is(err, fs.ErrNotExist) { // none was kept
		return nil
	}
	return err
}

func (d *Dir) takeFile(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	if err := d.Held(); err != nil {
		return err
	}
	a, err := os.Stat(from)
	if err != nil {
		return err
	}
	if b, err := os.Stat(to); err == nil && os.SameFile(a, b) {
		return nil
	}
	if os.Link(from, to) == nil {
		return nil
	}
	return d.put(to, func(w io.Writer) error {
		f, err := os.Open(from)
		if err != nil {
			return err
		}
		defer f.Close()
		if _, err := io.Copy(w, f); err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		return nil
	})
}
