package rundir

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// Resume opens the folder of a run to measure what it lacks. It demands the
// configuration and the basis that the run was made with, and the format of rows;
// a run without a row yet may lack its manifest, which is then the one given. What is
// damaged, and what a crash left half-written, is taken out to be measured again,
// which the notes say.
func Resume(path string, config []byte, now result.Manifest) (_ *Dir, notes result.Notes, err error) {
	d, err := Open(path)
	if err != nil {
		return nil, notes, err
	}
	if !bytes.Equal(d.config, config) {
		return nil, notes, result.Inputf("%s was made with another configuration, which differs from what was asked %s: repeat the old options, begin anew with --anew, or give another folder with --out", path, Difference(d.config, config))
	}
	if err := d.fits(now); err != nil {
		return nil, notes, err
	}
	if err := d.acquire(); err != nil {
		return nil, notes, err
	}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	// Once more, for what another process did until it let this one in.
	if err := d.fits(now); err != nil {
		return nil, notes, err
	}
	notes, err = d.salvage(config)
	if err != nil {
		return nil, notes, err
	}
	m, err := d.Manifest()
	if errors.Is(err, fs.ErrNotExist) {
		m, err = begun(config, now), nil
	}
	if err != nil {
		return nil, notes, err
	}
	m.Unfinished, m.Finished, m.Compiled = true, nil, result.Compiled{}
	return d, notes, d.writeManifest(m)
}

// fits is nil where the run may be gone on with on the basis that there is now.
func (d *Dir) fits(now result.Manifest) error {
	m, err := d.Manifest()
	if errors.Is(err, fs.ErrNotExist) {
		// A process was killed before it wrote the manifest, or the file was lost.
		if info, e := os.Stat(d.Path(RowsFile)); e == nil && info.Size() > 0 {
			return result.Inputf("%s is missing, so nothing says what the rows beside it were measured with: begin anew with --anew, or give another folder with --out", d.Path(ManifestFile))
		}
		return nil
	}
	if err != nil {
		return err
	}
	if m.Format < result.Format {
		return d.older(m.Format)
	}
	return d.SameBasis(now)
}

func (d *Dir) older(format int) error {
	return result.Inputf("%s was measured by an older memtest (rows of format %d, now %d), which computed some values in another way: begin anew with --anew, or give another folder with --out", d.path, format, result.Format)
}

// salvage opens the rows for writing and keeps those that are whole and go with
// their evidence.
func (d *Dir) salvage(config []byte) (result.Notes, error) {
	rows, notes, err := d.read(result.SalvageRows)
	if err != nil {
		return notes, err
	}
	d.order = notes.Order
	damaged := d.Verify(rows)
	var lost []string
	for _, r := range rows {
		if r.Config != "" && r.Config != result.ConfigID(config) {
			return notes, result.Inputf("%s holds rows of configuration %s, but %s is %s: begin anew with --anew, or give another folder with --out", d.Path(RowsFile), r.Config, d.Path(ConfigFile), result.ConfigID(config))
		}
		if r.Format != result.Format {
			return notes, d.older(r.Format)
		}
		// The row of a damaged cell keeps its line until a later one stands for it.
		if err := damaged[r.Cell()]; err != nil && !errors.Is(err, errUnfinished) {
			lost = append(lost, err.Error())
			continue
		}
		d.known[r.Cell()] = r
	}
	if d.rows, err = openFile(d.Path(RowsFile), os.O_CREATE|os.O_WRONLY|os.O_APPEND); err != nil {
		return notes, err
	}
	rewrite := len(notes.Damaged) > 0
	notes.Damaged = append(notes.Damaged, lost...)
	if rewrite {
		return notes, d.ReplaceRows(rows)
	}
	return notes, d.repair(notes)
}

// repair leaves whole lines only: it cuts off a half-written last line, and
// ends a whole last line that lacks its newline.
func (d *Dir) repair(notes result.Notes) error {
	d.size = notes.Size
	if notes.Partial > 0 {
		return d.rows.Truncate(d.size)
	}
	if d.size == 0 {
		return nil
	}
	f, err := os.Open(d.Path(RowsFile))
	if err != nil {
		return err
	}
	defer f.Close()
	end := make([]byte, 1)
	if _, err := f.ReadAt(end, d.size-1); err != nil {
		return err
	}
	if end[0] == '\n' {
		return nil
	}
	d.size++
	_, err = d.rows.WriteString("\n")
	return err
}
