package word

import "strings"

// List joins words as a sentence does: "a, b and c".
func List(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// Plural is the word for so many things.
func Plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
