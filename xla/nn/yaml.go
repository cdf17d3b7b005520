package nn

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/datasets/strictyaml"
)

// ReadSpec reads a network from a YAML file. Input shape, number of classes and
// name may be left out there; they are then those of the data and of the file.
func ReadSpec(path string, input datasets.Shape, classes int) (Spec, error) {
	text, err := memory.ReadFile(path, 50) // a tree of YAML
	if err != nil {
		return Spec{}, fmt.Errorf("network: %w", err)
	}
	s, err := parseSpec(text)
	if err != nil {
		return Spec{}, fmt.Errorf("network %s: %w", path, err)
	}
	if s.Name == "" {
		s.Name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	if s.Input == (datasets.Shape{}) {
		s.Input = input
	}
	if s.Classes == 0 {
		s.Classes = classes
	}
	return s, s.Check()
}

// parseSpec reads a network from YAML and does not check it.
func parseSpec(text []byte) (Spec, error) {
	var s Spec
	if err := strictyaml.Decode(text, &s); errors.Is(err, io.EOF) {
		return s, errors.New("the file is empty; list the network's layers under layers:")
	} else if err != nil {
		return s, err
	}
	return s, nil
}

// YAML is the network as ReadSpec reads it. A hand-written Model has no YAML,
// only the names of its layers do.
func (s Spec) YAML() ([]byte, error) {
	var b bytes.Buffer
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("network %q: %w", s.Name, err)
	}
	return b.Bytes(), nil
}
