package datasets

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/memory"
)

// longestTS bounds a line of a .ts file, in bytes.
const longestTS = 64 << 20

// ts is what a .ts file of the UCR and UEA archives holds: lines of a header that begin
// with @, then a line an example, its dimensions parted by colons, the values of each by
// commas, and its class last. Lines that begin with # are comments.
type ts struct {
	classes    []string // that the header lists
	dimensions int      // 0 = not known yet
	equal      bool     // all series are stated to be equally long
	steps      int      // that they are stated to have, or that the first one has; 0 = not known
	data       bool     // the header has ended

	series [][]float32 // [example][steps · dimensions]
	labels []string
	values int // of all series
}

// readTS reads a .ts file and the test part that lies beside it or is stated.
func readTS(_ context.Context, path string, o FileOptions) (train, test examples, err error) {
	first, err := openTS(path)
	if err != nil {
		return train, test, err
	}
	if train, err = first.examples(path); err != nil {
		return train, test, err
	}
	other := cmp.Or(o.Test, besideTS(path))
	if other == "" {
		return train, test, nil
	}
	second, err := openTS(other)
	if err == nil {
		test, err = second.examples(other)
	}
	return train, test, err
}

// besideTS is NAME_TEST.ts where the path is NAME_TRAIN.ts and it is there, and else "".
func besideTS(path string) string {
	dir, name := filepath.Split(path)
	at := strings.LastIndex(strings.ToUpper(name), "_TRAIN.TS")
	if at < 0 || at+len("_TRAIN.TS") != len(name) {
		return ""
	}
	for _, test := range []string{"_TEST", "_test", "_Test"} {
		other := filepath.Join(dir, name[:at]+test+name[at+len("_TRAIN"):])
		if st, err := os.Stat(other); err == nil && st.Mode().IsRegular() {
			return other
		}
	}
	return ""
}

func openTS(path string) (*ts, error) {
	if st, err := os.Stat(path); err != nil {
		return nil, err
	} else if !st.Mode().IsRegular() {
		return nil, fmt.Errorf("file %s: it is not a regular file; give a .ts file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := decodeTS(f)
	if err != nil {
		return nil, fmt.Errorf("file %s: %w", path, err)
	}
	return t, nil
}

// decodeTS reads a file to its end.
func decodeTS(r io.Reader) (*ts, error) {
	t := &ts{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, longestTS)
	number := 0
	for lines.Scan() {
		number++
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		var err error
		if t.data {
			err = t.row(line)
		} else {
			err = t.header(line)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d is longer than %d MiB; save the series as .npz", number+1, longestTS>>20)
	case err != nil:
		return nil, err
	case !t.data:
		return nil, errors.New("there is no line @data, which ends the header of a .ts file; download it again, or save the series as .npz")
	case len(t.series) == 0:
		return nil, errors.New("it holds no series behind @data; download it again")
	}
	return t, nil
}

// header reads a line that begins with @.
func (t *ts) header(line string) error {
	if !strings.HasPrefix(line, "@") {
		return fmt.Errorf("%.40q stands before @data and is no line of a header, which begins with @; download the file again, or save the series as .npz", line)
	}
	words := strings.Fields(line)
	value := ""
	if len(words) > 1 {
		value = strings.ToLower(words[1])
	}
	switch strings.ToLower(words[0]) {
	case "@timestamps":
		if value == "true" {
			return errors.New("its values have time stamps, which are not read; save the series without them, or as .npz")
		}
	case "@univariate":
		if value == "true" {
			t.dimensions = 1
		}
	case "@dimension", "@dimensions":
		return atLeastOne(&t.dimensions, words)
	case "@equallength":
		t.equal = value == "true"
	case "@serieslength":
		return atLeastOne(&t.steps, words)
	case "@targetlabel":
		if value == "true" {
			return errors.New("its labels are target values, not classes; give a set of a classification problem")
		}
	case "@classlabel":
		if value == "true" {
			t.classes = words[2:]
		}
	case "@data":
		if len(t.classes) == 0 {
			return errors.New("no line @classLabel true lists its classes; give a file of labelled series, or write that line, as in @classLabel true walk run")
		}
		t.data = true
		if !t.equal {
			t.steps = 0
		}
	}
	return nil
}

// atLeastOne reads the number of a line of the header.
func atLeastOne(to *int, words []string) error {
	n := 0
	if len(words) == 2 {
		n, _ = strconv.Atoi(words[1])
	}
	if n < 1 || n > maxValues {
		return fmt.Errorf("%.60q names no number from 1 on; write one, as in %s 1", strings.Join(words, " "), words[0])
	}
	*to = n
	return nil
}

// row reads an example.
func (t *ts) row(line string) error {
	parts := strings.Split(line, ":")
	label := strings.TrimSpace(parts[len(parts)-1])
	channels := parts[:len(parts)-1]
	switch {
	case len(channels) == 0:
		return errors.New("it holds no series and class parted by a colon; write values parted by commas, and the class, as in 1.5,2:walk")
	case t.dimensions == 0:
		t.dimensions = len(channels)
	case t.dimensions != len(channels):
		return fmt.Errorf("it holds %s and a class, but there should be %d; write as many, parted by colons", plural(len(channels), "dimension"), t.dimensions)
	}
	class := slices.IndexFunc(t.classes, func(c string) bool { return c == label })
	if class < 0 { // archives do not agree with themselves on capitals
		class = slices.IndexFunc(t.classes, func(c string) bool { return strings.EqualFold(c, label) })
	}
	if class < 0 {
		if !utf8.ValidString(label) {
			return fmt.Errorf("its class %.40q is not UTF-8 text; save the file as UTF-8", label)
		}
		return fmt.Errorf("its class %.40q is none of %s that @classLabel lists; add it there, or mend the line", label, list(t.classes))
	}
	steps := 1 + strings.Count(channels[0], ",")
	if t.equal && t.steps != 0 && steps != t.steps {
		return fmt.Errorf("its series has %s, but all are stated to have %d; write @equalLength false, or mend the line", plural(steps, "step"), t.steps)
	}
	if t.equal {
		t.steps = steps
	}
	t.values += steps * t.dimensions
	if t.values > maxValues {
		return fmt.Errorf("up to it there are more than %d values; give fewer examples", maxValues)
	}
	x := make([]float32, steps*t.dimensions)
	for c, channel := range channels {
		values := strings.Split(channel, ",")
		if len(values) != steps {
			return fmt.Errorf("it is a series of unequal channels: dimension 1 has %s and dimension %d has %d; cut or fill them", plural(steps, "step"), c+1, len(values))
		}
		for i, text := range values {
			v, err := valueTS(strings.TrimSpace(text))
			if err != nil {
				return fmt.Errorf("dimension %d, step %d: %w", c+1, i+1, err)
			}
			x[i*t.dimensions+c] = v
		}
	}
	t.series, t.labels = append(t.series, x), append(t.labels, t.classes[class])
	return nil
}

// valueTS reads a value.
func valueTS(text string) (float32, error) {
	if text == "?" || text == "" || strings.EqualFold(text, "nan") {
		return 0, fmt.Errorf("%q stands for a missing value; fill it, or leave out such examples", text)
	}
	v, err := strconv.ParseFloat(text, 32)
	if err != nil || v-v != 0 { // not finite
		return 0, fmt.Errorf("%.40q is not a finite number that float32 holds; mend it, or leave out such examples", text)
	}
	return float32(v), nil
}

// examples pads the series to the longest one.
func (t *ts) examples(path string) (examples, error) {
	e := examples{shape: Shape{Width: 1, Channels: t.dimensions, Kind: Series}, labels: arrays.Labels{Texts: t.labels}}
	for _, x := range t.series {
		e.shape.Height = max(e.shape.Height, len(x)/t.dimensions)
	}
	size := e.shape.RowSize()
	need := memory.Product(len(t.series), size)
	if need > maxValues {
		return e, fmt.Errorf("file %s: its %d series would take more than %d values, padded to the longest, of %d steps; leave out the longest", path, len(t.series), maxValues, e.shape.Height)
	}
	if err := memory.Enough(4*need, "reading it"); err != nil {
		return e, fmt.Errorf("file %s: it holds %d series of up to %d steps: %w; give fewer examples", path, len(t.series), e.shape.Height, err)
	}
	e.x = make([]float32, len(t.series)*size)
	for i, x := range t.series {
		row := e.x[i*size : (i+1)*size]
		copy(row, x)
		row[size-1] = float32(len(x) / t.dimensions)
	}
	for _, class := range t.classes {
		if slices.Contains(t.labels, class) && !slices.Contains(e.classes, class) {
			e.classes = append(e.classes, class)
		}
	}
	return e, nil
}
