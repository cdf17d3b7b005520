package document

// Colours of a terminal.
const (
	bold   = "\x1b[1m"
	dim    = "\x1b[2m"
	yellow = "\x1b[33m"
	reset  = "\x1b[0m"
)

func paint(s, color string, on bool) string {
	if !on || s == "" {
		return s
	}
	return color + s + reset
}
