package result

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"
)

// Manifest says how a run was made: enough to repeat it and to doubt it.
type Manifest struct {
	Format   int               `json:"format"`
	Versions map[string]string `json:"versions"`         // module path -> version, of this module, GoMLX, go-xla and gonum; "go" is the compiler's; vcs.revision and vcs.modified of the checkout
	Backend  string            `json:"backend"`          // "xla:cpu", "xla:cuda", "go", …
	Plugin   string            `json:"plugin,omitempty"` // path
	Devices  []string          `json:"devices,omitempty"`
	Host     Host              `json:"host"`
	Data     Data              `json:"data"`
	Config   string            `json:"config_sha256"`                  // of config.yaml, filled in by Create
	Before   string            `json:"config_before_sha256,omitempty"` // of the config.yaml that is being replaced; "" = none is
	Seeds    []uint64          `json:"seeds"`
	Command  []string          `json:"command"` // as typed, the program's name first; null = called as a library

	// What values of rows depend on besides, by contents; "" = not known, or none.
	PluginSHA256  string `json:"plugin_sha256,omitempty"`  // of the plugin's file
	Arithmetic    string `json:"arithmetic,omitempty"`     // of a fixed computation, see package arithmetic
	NetworkSHA256 string `json:"network_sha256,omitempty"` // of the network's description
	ONNXRuntime   string `json:"onnx_runtime,omitempty"`   // version and provider, where it computed features: "1.32.0 CPUExecutionProvider"

	Compiled

	KeepsEvidence bool `json:"keeps_evidence,omitempty"` // each row has its evidence in the folder

	// Of a part of a run that is measured apart, and of a run that was merged of such parts.
	Shard  string   `json:"shard,omitempty"`  // "2/4": which shard this folder's part is of; "" = it is a whole run
	Units  []string `json:"units,omitempty"`  // names of all parts of the run, in the order in which one process measures them
	Rows   int      `json:"rows,omitempty"`   // of a part that is finished
	Tasks  []Task   `json:"tasks,omitempty"`  // the processes that measured at the part, one after the other
	Shards []Shard  `json:"shards,omitempty"` // that the run was merged of; none = it was measured as a whole

	Started    time.Time  `json:"started"`
	Finished   *time.Time `json:"finished"`   // null = it is not
	Unfinished bool       `json:"unfinished"` // true from Create until Finish
}

// Host is the machine.
type Host struct {
	OS    string `json:"os"`
	Arch  string `json:"arch"`
	Cores int    `json:"cores"`         // logical cores the process may use
	CPU   string `json:"cpu,omitempty"` // kind of processor; "" = not known
}

// Data is the data set, or the file of features.
type Data struct {
	Name       string   `json:"name"`
	SHA256     string   `json:"sha256"` // of the training examples, as datasets.Set.Hash gives it, or of the file of features; of several files that of the list of theirs; "" = not known
	TestSHA256 string   `json:"test_sha256,omitempty"`
	Train      int      `json:"train"` // examples
	Test       int      `json:"test"`
	Shape      string   `json:"shape,omitempty"` // of one example: "28×28×1"
	Kind       string   `json:"kind,omitempty"`  // of the examples: image, table, series, tokens; "" = not known
	Input      string   `json:"input,omitempty"` // how tokens are the features of the raw input: FlagOneHot or FlagCounts; "" = the values as they are
	Classes    []string `json:"classes,omitempty"`
}

// NewManifest fills in what the program itself knows: versions of Go and of
// the main modules it was built from, and the host. command is os.Args, or nil for a
// call of the library.
func NewManifest(command []string, started time.Time) Manifest {
	m := Manifest{
		Format:   Format,
		Versions: map[string]string{"go": runtime.Version()},
		Host:     Host{OS: runtime.GOOS, Arch: runtime.GOARCH, Cores: runtime.NumCPU(), CPU: processor()},
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

// AddRuntime notes ONNX Runtime and the hash of a fixed computation by it, beside that
// of the backend.
func (m *Manifest) AddRuntime(runtime, arithmetic string) {
	m.ONNXRuntime, m.Arithmetic = runtime, Hash([]byte(m.Arithmetic+" "+arithmetic))
}

// Ground is one thing that values of rows depend on.
type Ground struct {
	Name    string // for people: "data", "kind of processor"
	Value   string // a hash or a name; "" = not known
	Advice  string // what to do where it is not what it was: "give the data …"
	Machine bool   // it is of the machine, not of what is measured
}

// Differs says whether it is another one; what is not known goes with any.
func (g Ground) Differs(other Ground) bool {
	return g.Value != "" && other.Value != "" && g.Value != other.Value
}

// Program is the revision of the checkout that the program was built of, or its
// version; "" = neither is known.
func (m Manifest) Program() string {
	if r := m.Versions["vcs.revision"]; r != "" && m.Versions["vcs.modified"] == "true" {
		return r + ", modified"
	} else if r != "" {
		return r
	}
	return m.Versions["github.com/seed-1a417598/memtest"]
}

// Basis is all that values of rows depend on, apart from the configuration and the
// format of rows; in the same order for every manifest.
func (m Manifest) Basis() []Ground {
	const sameData, samePlace = "give the data that the run was begun with", "go on where it was begun"
	return []Ground{
		{"data set", m.Data.SHA256, sameData, false},
		{"test set", m.Data.TestSHA256, sameData, false},
		{"network", m.NetworkSHA256, "give the network that the run was begun with", false},
		{"backend", m.Backend, "give the --backend that the run was begun with", false},
		{"plugin", m.PluginSHA256, "go on with the plugin that the run was begun with", false},
		{"GoMLX", m.Versions["github.com/gomlx/gomlx"], "go on with the memtest that the run was begun with", false},
		{"go-xla", m.Versions["github.com/gomlx/go-xla"], "go on with the memtest that the run was begun with", false},
		{"ONNX Runtime", m.ONNXRuntime, "go on with the onnxruntime that the run was begun with", false},
		{"kind of processor", m.Host.CPU, samePlace, true},
		{"arithmetic", m.Arithmetic, samePlace, true},
	}
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

// GoOn is the command line that goes on with the run in a folder: the command as it was
// typed, which names files and options that the folder does not hold, with --resume and
// --out. Without a command it is "".
func (m Manifest) GoOn(folder string) string {
	if len(m.Command) < 2 {
		return ""
	}
	has := func(flag string) bool {
		return slices.ContainsFunc(m.Command, func(w string) bool { return w == flag || strings.HasPrefix(w, flag+"=") })
	}
	var words []string
	if !strings.Contains(m.Command[0], "go-build") {
		words = append(words, m.Command[0])
	} else { // a program that go run took away again
		words = append(words, "go", "run", "./cmd/memtest")
	}
	words = append(words, m.Command[1]) // flags follow the name of the command, since a -- may come
	if !has("--resume") {
		words = append(words, "--resume")
	}
	if !has("--out") {
		words = append(words, "--out", folder)
	}
	for _, w := range m.Command[2:] {
		if w != "--anew" {
			words = append(words, w)
		}
	}
	return Manifest{Command: words}.CommandLine()
}

// ConfigID is the short name of a configuration that rows carry: the first 12
// hexadecimal digits of its SHA-256.
func ConfigID(config []byte) string { return Hash(config)[:12] }

// Hash is the SHA-256 of a text, in hexadecimal.
func Hash(text []byte) string {
	s := sha256.Sum256(text)
	return hex.EncodeToString(s[:])
}

// ParseManifest reads manifest.json; the name is the file's, for errors.
func ParseManifest(b []byte, name string) (Manifest, error) {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Manifest{}, Inputf("%s is not a manifest of a run (%v): begin anew with --anew, or give another folder with --out", name, err)
	}
	if head.Format > Format {
		return Manifest{}, Inputf("%s has format %d, but this program knows formats up to %d; use a newer memtest", name, head.Format, Format)
	}
	if err := CheckSeal(b); err != nil {
		return Manifest{}, Inputf("%s: %v; begin anew with --anew, or give another folder with --out", name, err)
	}
	var m Manifest
	if err := json.Unmarshal(b, &m); err != nil {
		return Manifest{}, Inputf("%s is not a manifest of a run (%v): begin anew with --anew, or give another folder with --out", name, explain(err))
	}
	return m, nil
}

// JSON is the manifest as manifest.json holds it, with its checksum, see Seal.
func (m Manifest) JSON() ([]byte, error) {
	b, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		b, err = Seal(b)
	}
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return append(b, '\n'), nil
}
