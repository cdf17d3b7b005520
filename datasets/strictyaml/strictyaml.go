// Package strictyaml reads YAML that people write into Go values, and takes nothing
// for what it is not: a key that there is not, a fraction where a whole number
// belongs, a key stated twice and a second document are refused, each in one
// sentence that names line and key.
package strictyaml

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Decode reads a text of one document into the value that to points to. Lines may end
// in CR LF. The error of a text that holds no document is io.EOF.
func Decode(text []byte, to any) error {
	if !utf8.Valid(text) {
		return errors.New("it is not UTF-8 text; save it as such")
	}
	d := yaml.NewDecoder(bytes.NewReader(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))))
	var document yaml.Node
	if err := d.Decode(&document); err != nil {
		return oneSentence(err)
	}
	var second yaml.Node
	if err := d.Decode(&second); err == nil {
		return fmt.Errorf("line %d: a second document begins; keep one", max(1, second.Line))
	} else if !errors.Is(err, io.EOF) {
		return oneSentence(err)
	}
	c := checker{seen: map[visit]bool{}}
	for _, root := range document.Content {
		if err := c.check(root, reflect.TypeOf(to).Elem(), "", 0); err != nil {
			return err
		}
	}
	return oneSentence(document.Decode(to))
}

// oneSentence is the first of what the decoder found, without its name.
func oneSentence(err error) error {
	var found *yaml.TypeError
	switch {
	case err == nil || errors.Is(err, io.EOF):
		return err
	case errors.As(err, &found) && len(found.Errors) > 0:
		err = errors.New(found.Errors[0])
	}
	first, _, _ := strings.Cut(strings.TrimPrefix(err.Error(), "yaml: "), "\n")
	return errors.New(first)
}
