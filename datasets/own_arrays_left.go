package datasets

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// validation is the name of an array of examples to validate on, such as X_val.
var validation = regexp.MustCompile(`^[Xx]_?(val|valid|validation|dev|eval)$`)

// left counts and names the arrays of a file that no option asks for. A part to
// validate on, where there is none to test on, is doubtful: it is refused with the
// settings that decide it.
func (o FileOptions) left(s *arrays.Source) (names []string, err error) {
	x, y := cmp.Or(o.TestX, "X_test"), cmp.Or(o.TestY, "y_test")
	asked := []string{cmp.Or(o.X, "X"), cmp.Or(o.Y, "y"), cmp.Or(o.Groups, "groups"), x, y}
	if o.sequence() {
		asked = append(asked, o.lengthsOf(s, ""), o.lengthsOf(s, "test_"))
	}
	for _, name := range s.Names() {
		if !slices.Contains(asked, name) {
			names = append(names, name)
		}
	}
	part := slices.IndexFunc(names, validation.MatchString)
	if part >= 0 && o.TestShare == 0 && !s.Has(x) {
		return nil, fmt.Errorf("%s holds %s beside %s: state it as the test part, as in --own test_x=%s,test_y=y%s, or have one drawn, as in --own test_share=0.2", s.Path(), names[part], asked[0], names[part], names[part][1:])
	}
	return names, nil
}
