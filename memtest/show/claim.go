package show

import "fmt"

// Claim prints a sentence that is true, and is an error where it is not: numbers
// that a notebook's prose states are held against what was measured. The
// sentence must not hold measured digits, which differ from machine to machine.
func Claim(holds bool, sentence string) error {
	if !holds {
		return fmt.Errorf("this does not hold here: %s", sentence)
	}
	_, err := fmt.Println("✓", sentence)
	return err
}
