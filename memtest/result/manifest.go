package result

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// Manifest says how a run was made: enough to repeat it and to doubt it.
type Manifest struct {
	Format   int               `json:"format"`
	Versions map[string]string `json:"versions"` // module path -> version, of this module, GoMLX, go-xla and gonum; "go" is the compiler's; vcs.revision and vcs.modified of the checkout
	Backend  string            `json:"backend"`  // "xla:cpu", "xla:cuda", "go", …
	Plugin   string            `json:"plugin,omitempty"`
	Devices  []string          `json:"devices,omitempty"`
	Host     Host              `json:"host"`
	Data     Data              `json:"data"`
	Config   string            `json:"config_sha256"` // of config.yaml, filled in by Create
	Seeds    []uint64          `json:"seeds"`
	Command  []string          `json:"command"` // as typed, the program's name first; null = called as a library

	Started    time.Time  `json:"started"`
	Finished   *time.Time `json:"finished"`   // null = it is not
	Unfinished bool       `json:"unfinished"` // true from Create until Finish
}

// Host is the machine.
type Host struct {
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Cores int    `json:"cores"` // logical cores the process may use
	CPU   string `json:"cpu,omitempty"`
}

// Data is the data set, or the file of features.
type Data struct {
	Name       string   `json:"name"`
	SHA256     string   `json:"sha256"` // of the training examples, as datasets.Set.Hash gives it, or of the file of features; of several files that of the list of theirs; "" = not known
	TestSHA256 string   `json:"test_sha256,omitempty"`
	Train      int      `json:"train"` // examples
	Test       int      `json:"test"`
	Shape      string   `json:"shape,omitempty"` // of one example: "28×28×1"
	Classes    []string `json:"classes,omitempty"`
}

// NewManifest fills in what the program itself knows: versions of Go and of
// the main modules it was built from, and the host. command is os.Args, or nil for a
// call of the library.
func NewManifest(command []string, started time.Time) Manifest {
	m := Manifest{
		Format:   Format,
		Versions: map[string]string{"go": runtime.Version()},
		Host:     Host{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU()},
		Command:  append([]string(nil), command...),
		Started:  started,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Path != "" {
			m.Versions[info.Main.Path] = info.Main.Version
		}
		for _, d := range info.Deps {
			switch d.Path {
			case "github.com/gomlx/gomlx", "github.com/gomlx/go-xla", "gonum.org/v1/gonum":
				m.Versions[d.Path] = d.Version
			}
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision", "vcs.modified":
				m.Versions[s.Key] = s.Value
			}
		}
	}
	return m
}

// CommandLine is the command as one would type it in a POSIX shell.
func (m Manifest) CommandLine() string {
	words := make([]string, len(m.Command))
	for i, w := range m.Command {
		plain := w != "" && strings.Trim(w, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%") == ""
		if words[i] = w; !plain {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// ConfigID is the short name of a configuration that rows carry: the first 12
// hexadecimal digits of its SHA-256.
func ConfigID(config []byte) string { return ConfigHash(config)[:12] }

// ConfigHash is the SHA-256 of a configuration, in hexadecimal.
func ConfigHash(config []byte) string {
	s := sha256.Sum256(config)
	return hex.EncodeToString(s[:])
}

// ParseManifest reads manifest.json; the name is the file's, for errors.
func ParseManifest(b []byte, name string) (Manifest, error) {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Manifest{}, Inputf("%s is not a manifest of a run: %v", name, err)
	}
	if head.Format > Format {
		return Manifest{}, Inputf("%s has format %d, but this program knows formats up to %d; use a newer memtest", name, head.Format, Format)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return Manifest{}, Inputf("%s is not a manifest of a run: %v", name, explain(err))
	}
	return m, nil
}

// JSON is the manifest as manifest.json holds it.
func (m Manifest) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return append(b, '\n'), nil
}
