package result

import (
	"errors"
	"fmt"
)

// ErrInput is what errors.Is finds in an error that the caller's input made: a
// folder that holds another run, rows that cannot be right. Its absence means
// that the machine failed: a full disk, a missing permission.
var ErrInput = errors.New("bad input")

// inputError is a sentence that counts as ErrInput without printing it.
type inputError struct{ sentence string }

func (e *inputError) Error() string        { return e.sentence }
func (e *inputError) Is(target error) bool { return target == ErrInput }

func inputf(format string, args ...any) error {
	return &inputError{fmt.Sprintf(format, args...)}
}
