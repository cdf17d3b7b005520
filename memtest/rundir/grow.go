package rundir

import "github.com/seed-1a417598/memtest/memtest/result"

// Grow gives the folder of a run that was resumed another configuration, one
// that asks for more of the same, such as more permutations. The rows that are
// there stay until later lines measure their cells again. A crash at any moment
// leaves a folder that can be resumed with the one configuration or the other.
func (d *Dir) Grow(config []byte) error {
	rows, _, err := d.Rows()
	if err != nil {
		return err
	}
	// Rows that name no configuration go with any: so no moment has rows that
	// contradict the file beside them.
	if err := d.writeRows(rows, ""); err != nil {
		return err
	}
	m, err := d.Manifest()
	if err != nil {
		return err
	}
	// The manifest knows both while the one replaces the other.
	m.Config, m.Before = result.Hash(config), m.Config
	if err := d.writeManifest(m); err != nil {
		return err
	}
	if err := d.Put(ConfigFile, config); err != nil {
		return err
	}
	d.config = append([]byte(nil), config...)
	if err := d.writeRows(rows, result.ConfigID(config)); err != nil {
		return err
	}
	m.Before = ""
	return d.writeManifest(m)
}
