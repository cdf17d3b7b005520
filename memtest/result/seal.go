package result

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// sealKey is the field of a JSON object that holds the checksum of its others.
const sealKey = "sum"

// errSeal says that a text is not what was written.
var errSeal = errors.New(`its checksum does not go with its contents: it was damaged, or edited without taking out the field "sum"`)

// Seal adds to the text of a JSON object, which must not have a field "sum", a
// checksum of all its fields as the last one: the first 16 hexadecimal digits of
// the SHA-256 of the object with sorted keys, no spaces, and numbers other than
// integers in Go's shortest form. So what rewrites the text without changing a
// value keeps it good. It is an error where the text is no JSON object.
func Seal(text []byte) ([]byte, error) {
	sum, _, err := sealOf(text)
	if err != nil {
		return nil, err
	}
	open := bytes.TrimRight(text, " \n\r\t")
	body, end := open[:len(open)-1], text[len(open):]
	inner := bytes.TrimRight(body, " \n\r\t")
	var b bytes.Buffer
	b.Write(inner)
	if inner[len(inner)-1] != '{' {
		b.WriteByte(',')
	}
	b.Write(indent(body))
	fmt.Fprintf(&b, "%q:", sealKey)
	if len(body) > len(inner) { // the object is written over several lines
		b.WriteByte(' ')
	}
	fmt.Fprintf(&b, "%q", sum)
	b.Write(body[len(inner):])
	b.WriteByte('}')
	b.Write(end)
	return b.Bytes(), nil
}

// indent is the line break and the indent of an object's first field; empty where
// it is written in one line.
func indent(body []byte) []byte {
	after := bytes.TrimLeft(body, " \n\r\t")[1:]
	space := after[:len(after)-len(bytes.TrimLeft(after, " \n\r\t"))]
	if !bytes.HasPrefix(space, []byte("\n")) {
		return nil
	}
	return space
}

// CheckSeal is nil where the text of a JSON object is as Seal sealed it, and where
// it holds no checksum, as what older programs wrote.
func CheckSeal(text []byte) error {
	sum, given, err := sealOf(text)
	if err == nil && given != nil && given != sum {
		err = errSeal
	}
	return err
}

// sealOf is the checksum that an object should hold, and the value it holds; nil
// where it holds none.
func sealOf(text []byte) (sum string, given any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var fields map[string]any
	if err := decoder.Decode(&fields); err != nil || fields == nil {
		return "", nil, errors.Join(errors.New("it is not an object of JSON"), err)
	}
	given, held := fields[sealKey]
	if held && given == nil {
		given = false // a null is no checksum, and not the absence of one
	}
	delete(fields, sealKey)
	plain(fields)
	same, err := json.Marshal(fields) // sorts keys
	if err != nil {
		return "", nil, err
	}
	all := sha256.Sum256(same)
	return hex.EncodeToString(all[:8]), given, nil
}

// plain writes the numbers below a value in one form: integers stay as they are,
// so that none of 64 bits loses digits.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k := range v {
			v[k] = plain(v[k])
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	case json.Number:
		return plainNumber(v)
	}
	return v
}

func plainNumber(n json.Number) json.Number {
	x, err := n.Float64()
	if err != nil || !strings.ContainsAny(n.String(), ".eE") && n != "-0" {
		return n
	}
	return json.Number(strconv.FormatFloat(x, 'g', -1, 64))
}
