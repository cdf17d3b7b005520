package memtest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// measured is the folder of a finished run.
type measured struct {
	folder   string
	rows     []result.Row // of the networks under test
	manifest result.Manifest
	labels   []int // [n] classes of the training examples, by their place among the class names
	config   struct {
		Command string  `yaml:"command"` // "" = run
		Seed    uint64  `yaml:"seed"`
		Given   bool    `yaml:"given_permutations"`
		Sets    string  `yaml:"permutations_sha256"`
		Scale   *string `yaml:"scale"`
	}
}

func openMeasured(folder string) (*measured, error) {
	d, err := result.Open(folder)
	if err != nil {
		return nil, err
	}
	m := &measured{folder: folder}
	rows, _, err := d.Rows()
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if r.Network != RefInput && r.Network != RefTwin && r.Network != NetworkRefit {
			m.rows = append(m.rows, r)
		}
	}
	if len(m.rows) == 0 {
		m.rows = rows // a file of raw inputs only
	}
	if len(m.rows) == 0 {
		return nil, fmt.Errorf("%s holds no rows; finish the run first", folder)
	}
	if m.manifest, err = d.Manifest(); err != nil {
		return nil, err
	}
	if err := yaml.Unmarshal(d.Config(), &m.config); err != nil {
		return nil, fmt.Errorf("%s: %w", d.Path(result.ConfigFile), err)
	}
	m.labels, err = labelsOfExamples(d.Path(result.ExamplesFile), m.manifest.Data.Classes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no %s; finish the run first", folder, result.ExamplesFile)
	}
	return m, err
}

// labelsOfExamples reads the classes of the training examples, which the lines
// of the first cell of examples.csv hold.
func labelsOfExamples(path string, classes []string) ([]int, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.ReuseRecord = true
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	index, class := slices.Index(head, "index"), slices.Index(head, "class")
	if index < 0 || class < 0 {
		return nil, fmt.Errorf("%s has no columns index and class", path)
	}
	place := map[string]int{}
	for k, c := range classes {
		place[c] = k
	}
	var labels []int
	for {
		line, err := r.Read()
		if errors.Is(err, io.EOF) || err == nil && line[index] != strconv.Itoa(len(labels)) {
			return labels, nil // the end of the first cell
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		k, ok := place[line[class]]
		if !ok {
			return nil, fmt.Errorf("%s: class %q is not among those of %s", path, line[class], result.ManifestFile)
		}
		labels = append(labels, k)
	}
}
