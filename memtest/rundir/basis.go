package rundir

import (
	"fmt"

	"github.com/seed-1a417598/memtest/memtest/result"
)

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
	for i, ground := range now.Basis() {
		if was := then[i]; ground.Differs(was) {
			return &OtherBasis{Ground: ground, sentence: fmt.Sprintf("%s was begun with another %s: %s notes %.40s, but it is %.40s now: %s, begin anew with --anew, or give another folder with --out",
				d.path, ground.Name, d.Path(ManifestFile), was.Value, ground.Value, ground.Advice)}
		}
	}
	return nil
}

// OtherBasis is the error of SameBasis, which counts as result.ErrInput.
type OtherBasis struct {
	Ground   result.Ground // the first that is another one, as it is now
	sentence string
}

func (e *OtherBasis) Error() string        { return e.sentence }
func (e *OtherBasis) Is(target error) bool { return target == result.ErrInput }
