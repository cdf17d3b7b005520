package datasets

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"fmt"
	"io"
	"path"
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
		b, err := sampleFS.ReadFile(path.Join("sample", f.Name))
		if err != nil {
			return nil, nil, err
		}
		inside := sha256.New()
		r, limit, err := inflate(bytes.NewReader(b), int64(len(b)))
		if err == nil {
			parts[k], err = decodeIDX(io.TeeReader(r, inside), limit)
		}
		if err != nil {
			return nil, nil, fmt.Errorf("embedded file %s: %w", f.Name, err)
		}
		if err := f.check(f.Name, digests{content: hexSum(inside)}, i.Name); err != nil {
			return nil, nil, err
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
