package onnx

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/usercache"
	"github.com/seed-1a417598/memtest/xla/wheels"
)

// oldest is the first minor version of ONNX Runtime 1 that the binding works with: it
// asks for version 24 of the interface in C, which came with 1.24.
const oldest = 24

const runtimeVersion = "1.32.0"

// runtimeWheels are ONNX Runtime's own, by system and processor. The wheels for other
// versions of Python hold the same library.
var runtimeWheels = map[string]wheels.Wheel{
	"linux/amd64":   runtimeWheel("manylinux_2_28_x86_64", "99e1074c4b2197accd5073052a465361be17b89c093b8ffb6e6bd8f986c52df8", 27780211, "libonnxruntime.so."+runtimeVersion, 34824680),
	"linux/arm64":   runtimeWheel("manylinux_2_28_aarch64", "e36c187006e7a7c8b8d6d57f1a209dd63f52430dca6c282b177718ad6b841054", 23196724, "libonnxruntime.so."+runtimeVersion, 27165936),
	"darwin/arm64":  runtimeWheel("macosx_14_0_arm64", "d52510bbbcc880c13b826f7d75cdf33ac5cf0bb864d960000fc29ce73f0cb83e", 22519308, "libonnxruntime."+runtimeVersion+".dylib", 35272344),
	"windows/amd64": runtimeWheel("win_amd64", "efe7456952c243a05a53d5b8732953625144642c2f3989094277f6217f0c0c40", 16698767, "onnxruntime.dll", 22668640),
	"windows/arm64": runtimeWheel("win_arm64", "64d394c69d561af3efd4d4f49dcac8f11d0ce135a20701c16d53b74056cd4cf8", 16030610, "onnxruntime.dll", 20798776),
}

func runtimeWheel(platform, sha256 string, download int64, member string, size int64) wheels.Wheel {
	return wheels.Wheel{
		Name: "onnxruntime", Version: runtimeVersion, SHA256: sha256, Download: download,
		Python: "3.12", Platform: platform,
		Member: "onnxruntime/capi/" + member, Size: size,
		License: "MIT", Holds: "ONNX Runtime",
		Instead: "pip install onnxruntime in an active Python environment does as well",
	}
}

// machine is all that finding the library depends on, so that a test can put folders
// of its own in place of the real ones.
type machine struct {
	platform string // "linux/amd64"
	cache    wheels.Cache
	getenv   func(string) string
}

func here() machine {
	return machine{runtime.GOOS + "/" + runtime.GOARCH, wheels.UserCache("onnxruntime"), os.Getenv}
}

// candidate is a library that was found.
type candidate struct {
	path, origin string
	cuda         bool  // NVIDIA's provider lies beside it
	err          error // why it is of no use; nil = it is
}

const (
	activeOrigin = "the active Python environment"
	cacheOrigin  = "memtest's cache"
)

// candidates are the libraries of the active Python environments, then that of the
// cache.
func (m machine) candidates() []candidate {
	var all []candidate
	for _, site := range wheels.SitePackages(m.getenv) {
		for _, name := range []string{"libonnxruntime.so.*", "libonnxruntime.*.dylib", "onnxruntime.dll"} {
			found, _ := filepath.Glob(filepath.Join(wheels.EscapeGlob(site), "onnxruntime", "capi", name)) // the pattern is well formed
			for _, path := range found {
				all = append(all, candidate{path, activeOrigin, exists(filepath.Join(filepath.Dir(path), "libonnxruntime_providers_cuda.so")), m.check(path)})
			}
		}
	}
	if w, ok := runtimeWheels[m.platform]; ok && m.cache.Folder != "" {
		path := filepath.Join(m.cache.Folder, w.Name+"-"+w.Version, filepath.Base(w.Member))
		if exists(path) {
			err := m.check(path)
			if err == nil {
				err = usercache.Private(m.cache.Folder)
			}
			all = append(all, candidate{path, cacheOrigin, false, err})
		}
	}
	return all
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

var versionInName = regexp.MustCompile(`\.(\d+)\.(\d+)\.\d+`)

// check says why a library cannot be used, or nil.
func (m machine) check(path string) error {
	if v := versionInName.FindStringSubmatch(filepath.Base(path)); v != nil {
		major, _ := strconv.Atoi(v[1]) // digits, by the expression
		minor, _ := strconv.Atoi(v[2])
		if major != 1 || minor < oldest {
			return fmt.Errorf("ONNX Runtime %s.%s at %s is passed over: versions from 1.%d on are known; upgrade it with pip install -U onnxruntime", v[1], v[2], path, oldest)
		}
	}
	system, processor, _ := strings.Cut(m.platform, "/")
	return wheels.CheckLibrary(path, "ONNX Runtime", "OrtGetApiBase", system, processor)
}

// find is the library to load: the first that is of use, or else the one that is
// installed now.
func (m machine) find(ctx context.Context, o Options) (candidate, error) {
	log := func(format string, args ...any) {
		if o.Log != nil {
			fmt.Fprintf(o.Log, format+"\n", args...)
		}
	}
	for _, c := range m.candidates() {
		if c.err == nil {
			return c, nil
		}
		log("%v", c.err)
	}
	w, ok := runtimeWheels[m.platform]
	switch {
	case !ok:
		return candidate{}, fmt.Errorf("there is no ONNX Runtime to install on %s: pip install onnxruntime in a Python environment, activate it, and start again", m.platform)
	case o.NoInstall:
		return candidate{}, fmt.Errorf("there is no ONNX Runtime here, and nothing may be installed: start once without --offline, or pip install onnxruntime in an active Python environment")
	}
	path, err := m.cache.Install(ctx, w, m.check, log)
	if err != nil {
		return candidate{}, fmt.Errorf("ONNX Runtime cannot be installed: %w", err)
	}
	return candidate{path: path, origin: cacheOrigin}, nil
}

// Options say how Open finds ONNX Runtime.
type Options struct {
	Log       io.Writer // hears of an installation, and of what is passed over; nil = nobody does
	NoInstall bool
	CPU       bool // leave a GPU alone
}

// Report says which ONNX Runtime Open would load here, and what to do where there is
// none; it loads and installs nothing.
func Report() (found string, ok bool, advice string) {
	m := here()
	for _, c := range m.candidates() {
		if c.err != nil {
			advice = c.err.Error()
			continue
		}
		found = c.path + ", of " + c.origin
		if c.cuda {
			found += ", with NVIDIA's provider"
		}
		return found, true, advice
	}
	if w, known := runtimeWheels[m.platform]; known && advice == "" {
		advice = fmt.Sprintf("memtest onnx installs %s %s by pip when it is first needed, %d MB", w.Name, w.Version, (w.Download+500_000)/1_000_000)
	} else if advice == "" {
		advice = "only memtest onnx needs it: pip install onnxruntime in a Python environment, and activate that"
	}
	return "none", false, advice
}
