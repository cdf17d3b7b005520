package memtest

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"

	"go.yaml.in/yaml/v3"

	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/datasets/features"
)

// FileConfig is a test of features from a file, as config.yaml of its folder
// holds it.
type FileConfig struct {
	Command      string      `yaml:"command"` // "probe"
	File         string      `yaml:"file"`
	Layers       []FileLayer `yaml:"layers"`
	N            int         `yaml:"n"` // examples
	Perturb      string      `yaml:"perturb"`
	Probes       []string    `yaml:"probes"`
	Permutations int         `yaml:"permutations"`
	Given        bool        `yaml:"given_permutations"`            // the label sets are those of the file
	Sets         string      `yaml:"permutations_sha256,omitempty"` // of those label sets
	Seed         uint64      `yaml:"seed"`
	Alpha        float64     `yaml:"alpha"`
	Scale        string      `yaml:"scale"`
}

// FileLayer is one layer of such a file.
type FileLayer struct {
	Name   string    `yaml:"name"`
	Levels []float64 `yaml:"levels"`
}

// YAML is the configuration as config.yaml holds it.
func (c FileConfig) YAML() []byte { return encodeYAML(c) }

// ModelConfig is a test of a model that was trained elsewhere, as config.yaml of
// its folder holds it.
type ModelConfig struct {
	Command      string    `yaml:"command"` // "onnx"
	Model        string    `yaml:"model"`
	ModelSHA256  string    `yaml:"model_sha256"`
	Data         string    `yaml:"data"`
	N            int       `yaml:"n"`
	Layout       string    `yaml:"layout"` // how the model takes examples: nhwc, nchw, flat, flat-nchw
	Mean         []float64 `yaml:"mean,omitempty"`
	SD           []float64 `yaml:"sd,omitempty"`
	Outputs      []string  `yaml:"outputs"`
	Perturb      string    `yaml:"perturb"`
	Levels       []float64 `yaml:"levels"`
	Probes       []string  `yaml:"probes"`
	Permutations int       `yaml:"permutations"`
	Seed         uint64    `yaml:"seed"`
	Alpha        float64   `yaml:"alpha"`
	Scale        string    `yaml:"scale"`
}

// YAML is the configuration as config.yaml holds it.
func (c ModelConfig) YAML() []byte { return encodeYAML(c) }

func encodeYAML(v any) []byte {
	text, err := yaml.Marshal(v)
	if err != nil {
		panic(err) // plain fields only: there is nothing that could fail
	}
	return text
}

// SetsHash is the SHA-256, in hexadecimal, of label sets.
func SetsHash(sets [][]int32) string {
	h := sha256.New()
	for _, set := range sets {
		b := make([]byte, 0, 4*len(set))
		for _, y := range set {
			b = binary.LittleEndian.AppendUint32(b, uint32(y))
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// FromFile turns a layer of a file into features to test. A layer called input
// is the raw inputs.
func FromFile(l *features.Layout, layer features.Layer, read features.LayerFeatures) Features {
	f := Features{
		Train: arrays.Matrix(read.Train), Fresh: arrays.Matrix(read.Fresh), Labels: l.Labels, Classes: len(l.Classes),
		Permuted: l.Permuted, Groups: l.Groups, Layer: layer.Name, Raw: layer.Name == RefInput,
	}
	if read.Fresh.Rows > 0 {
		f.FreshLabels = l.FreshLabels
	}
	for i, level := range layer.Levels {
		f.Copies = append(f.Copies, Copies{level, arrays.Matrix(read.Valid[i])})
	}
	return f
}
