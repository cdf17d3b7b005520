package document

import (
	"fmt"
	"strings"
	"unicode"
)

// anchors are the names of places in a document that are taken.
type anchors map[string]bool

// take is a free name like this one, made as GitHub makes it.
func (a anchors) take(name string) string {
	free := name
	for i := 1; a[free]; i++ {
		free = fmt.Sprintf("%s-%d", name, i)
	}
	a[free] = true
	return free
}

// sections are the names of all sections.
func (a anchors) sections(d Document) []string {
	var names []string
	for _, s := range d.Sections {
		name := slug(d.heading(s.Title))
		if name == "" {
			name = "section"
		}
		names = append(names, a.take(name))
	}
	return names
}

// slug is the name that GitHub gives to a heading.
func slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
