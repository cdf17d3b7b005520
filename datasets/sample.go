package datasets

import (
	"bytes"
	"embed"
	"fmt"
)

//go:generate go run ./internal/sample sample

// sampleFS holds 5,000 training and 1,000 test images of Fashion-MNIST, drawn
// by internal/sample, and their licence.
//
//go:embed sample
var sampleFS embed.FS

const sampleName = "fashion-mnist-sample"

// loadSample reads the embedded set. Its files are checked like any others.
func loadSample(i Info) (*Set, *Set, error) {
	var parts [4]bytesArray
	for k, f := range i.Files {
		b, err := f.readEmbedded(sampleFS, "sample", i.Name)
		if err != nil {
			return nil, nil, err
		}
		if parts[k], err = decodeIDX(bytes.NewReader(b), int64(len(b))); err != nil {
			return nil, nil, fmt.Errorf("embedded file %s: %w", f.Name, err)
		}
	}
	train, err := idxExamples(parts[0], parts[1])
	if err != nil {
		return nil, nil, err
	}
	test, err := idxExamples(parts[2], parts[3])
	if err != nil {
		return nil, nil, err
	}
	return i.buildSets("embedded set", train, test)
}
