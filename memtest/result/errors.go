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

// Inputf is an error that the caller's input made.
func Inputf(format string, args ...any) error {
	return &inputError{fmt.Sprintf(format, args...)}
}

// Input marks an error as made by the caller's input, without changing its words.
func Input(err error) error {
	if err == nil {
		return nil
	}
	return markedError{err}
}

type markedError struct{ error }

func (e markedError) Is(target error) bool { return target == ErrInput }
func (e markedError) Unwrap() error        { return e.error }
