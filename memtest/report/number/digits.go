package number

import "strconv"

// Exact prints a number with all its digits and a hyphen below 0, as files have
// it: what is read back is the same number.
func Exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// Level prints the level of a perturbation or of a test on a page, with all its
// digits: 0.3, −0.5, 1e−05.
func Level(v float64) string { return Typeset(Exact(v)) }

// Digits prints a number on a page with at most so many digits.
func Digits(v float64, digits int) string {
	return Typeset(strconv.FormatFloat(v, 'g', digits, 64))
}

// Round takes away what sums and powers leave behind the tenth digit.
func Round(v float64) float64 {
	r, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 10, 64), 64)
	if err != nil {
		return v
	}
	return r
}
