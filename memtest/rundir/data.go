package rundir

import "github.com/seed-1a417598/memtest/memtest/result"

// SameData is nil where the run was begun with these data, by the hashes that its
// manifest holds; a hash that is not known, "", goes with any. Rows that are there
// say nothing of other data, so such a run must not be gone on with.
func (d *Dir) SameData(now result.Data) error {
	m, err := d.Manifest()
	if err != nil {
		return err
	}
	for _, part := range []struct{ what, then, now string }{
		{"data", m.Data.SHA256, now.SHA256}, {"test data", m.Data.TestSHA256, now.TestSHA256},
	} {
		if part.then != "" && part.now != "" && part.then != part.now {
			return result.Inputf("%s was begun with other %s: %s notes the SHA-256 %.12s…, but that of %s is %.12s… now: give the data that the run was begun with, or another folder with --out",
				d.path, part.what, d.Path(ManifestFile), part.then, now.Name, part.now)
		}
	}
	return nil
}
