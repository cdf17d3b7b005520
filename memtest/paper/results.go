package paper

import (
	"github.com/seed-1a417598/memtest/memtest/result"
)

// results are the rows and facts of an archive, by what a section asks of them.
// What is missing is an error of the document; the first one is kept.
type results struct {
	Archive
	scale scale
	err   error
}

func (res *results) fail(format string, args ...any) {
	res.keep(result.Inputf(format, args...))
}

// keep keeps the first error.
func (res *results) keep(err error) {
	if res.err == nil {
		res.err = err
	}
}
