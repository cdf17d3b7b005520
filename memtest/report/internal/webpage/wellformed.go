// Package webpage looks at HTML pages as a test must: as strict XML that loads
// nothing, and in a browser.
package webpage

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

// WellFormed parses a page as strict XML, refuses whatever could load, run or
// leave the page, and counts the elements by name.
func WellFormed(t *testing.T, page []byte) map[string]int {
	t.Helper()
	elements := map[string]int{}
	ids := map[string]bool{}
	var refs []string
	in := xml.NewDecoder(bytes.NewReader(page))
	for {
		token, err := in.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("the page is not well-formed: %v", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		elements[e.Name.Local]++
		switch e.Name.Local {
		case "script", "link", "iframe", "object", "embed", "form", "base", "audio", "video", "image", "use", "foreignObject":
			t.Errorf("the page has a <%s>", e.Name.Local)
		}
		for _, a := range e.Attr {
			switch name := strings.ToLower(a.Name.Local); {
			case name == "id":
				if ids[a.Value] {
					t.Errorf("two elements have the id %q", a.Value)
				}
				ids[a.Value] = true
			case name == "aria-labelledby":
				refs = append(refs, a.Value)
			case strings.HasPrefix(name, "on"):
				t.Errorf("<%s> has a handler %s", e.Name.Local, name)
			case name == "src" && !strings.HasPrefix(a.Value, "data:image/png;base64,"),
				name == "href", name == "srcset", name == "action", name == "data", name == "poster", name == "background":
				t.Errorf("<%s> refers to %s=%q", e.Name.Local, name, a.Value)
			case name == "style" && strings.Contains(a.Value, "url("):
				t.Errorf("<%s> has the style %q", e.Name.Local, a.Value)
			}
		}
	}
	for _, id := range refs {
		if !ids[id] {
			t.Errorf("nothing has the id %q", id)
		}
	}
	for _, word := range []string{"@import", "url(", "http://", "https://", "src=\"//", "href="} {
		if bytes.Contains(page, []byte(word)) {
			t.Errorf("the page holds %q", word)
		}
	}
	return elements
}
