package rundir

import "github.com/seed-1a417598/memtest/memtest/result"

// SameBasis is nil where all that the values of rows depend on is what the run was
// begun with: data, network, backend, plugin, GoMLX, processor and arithmetic, each
// by contents. What is not known of one of the two, "", goes with any. Rows that
// are there say nothing of another basis, so such a run must not be gone on with.
func (d *Dir) SameBasis(now result.Manifest) error {
	m, err := d.Manifest()
	if err != nil {
		return err
	}
	then := m.Basis()
	for i, part := range now.Basis() {
		if was := then[i].Value; was != "" && part.Value != "" && was != part.Value {
			return result.Inputf("%s was begun with another %s: %s notes %.40s, but it is %.40s now: %s, begin anew with --anew, or give another folder with --out",
				d.path, part.Name, d.Path(ManifestFile), was, part.Value, part.Advice)
		}
	}
	return nil
}
