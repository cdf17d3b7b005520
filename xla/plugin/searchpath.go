package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/seed-1a417598/memtest/datasets/usercache"
	"github.com/seed-1a417598/memtest/xla/wheels"
)

// Library is a PJRT plugin on disk.
type Library struct {
	Path     string
	Platform string // "cpu", "cuda", …, after the file's name; "" when the name does not tell
	Origin   string // which part of the search path held it
	Err      error  // why it cannot be loaded, from Check
}

// folders are a part of the search path.
type folders struct {
	origin string
	dirs   []string
	names  []string // patterns of file names below each folder
}

// names of plugins in a folder of plugins: GoMLX's two, then those of wheels.
var folderNames = []string{
	"pjrt_c_api_*_plugin.so", "pjrt?plugin?*.so", "libpjrt_*.so", "xla_*_pjrt.so", "xla_*_plugin.so",
	"pjrt_c_api_*_plugin.dylib", "pjrt?plugin?*.dylib",
}

// siteNames are those of plugins in a Python site-packages folder: the two
// namespaces for plugins, then packages that carry one.
var siteNames = []string{
	"xla_plugins/*/*.so", "jax_plugins/*/*.so", "*/pjrt_c_api_*_plugin.so", "*/libpjrt_*.so",
	"xla_plugins/*/*.dylib", "jax_plugins/*/*.dylib",
}

// searchPath lists where plugins are looked for, in order, without asking Python.
func (m Machine) searchPath() []folders {
	path := []folders{{"PJRT_PLUGIN_LIBRARY_PATH", absolute(filepath.SplitList(m.Getenv("PJRT_PLUGIN_LIBRARY_PATH"))), folderNames}}
	var goxla []string
	if m.Home != "" {
		library := filepath.Join(m.Home, ".local", "lib")
		goxla = append(goxla, filepath.Join(library, "go-xla"), filepath.Join(library, "go-xla", "nvidia"), filepath.Join(library, "gomlx", "pjrt"))
		if m.OS == "darwin" {
			goxla = append(goxla, filepath.Join(m.Home, "Library", "Application Support", "go-xla"))
		}
	}
	for _, dir := range []string{"/usr/local/lib/go-xla", "/usr/local/lib/go-xla/nvidia", "/usr/local/lib/gomlx/pjrt"} {
		goxla = append(goxla, m.system(dir))
	}
	path = append(path, folders{"GoMLX's folder", goxla, folderNames})
	if m.Cache != "" {
		path = append(path, folders{cacheOrigin, []string{m.Cache}, under("*", folderNames)})
	}
	if sites := wheels.SitePackages(m.Getenv); len(sites) > 0 {
		path = append(path, folders{activeOrigin, sites, siteNames})
	}
	return path
}

const (
	cacheOrigin  = "memtest's cache"
	activeOrigin = "the active Python environment"
)

// Libraries yields the plugins for a platform ("cpu", "cuda", …; "" = all), each
// file once, in the order of the search path. Unfit files come with Err set. Python is
// asked for its folders, a tenth of a second, only when the caller wants more
// than the other path held and no environment is active.
func (m Machine) Libraries(ctx context.Context, platform string) iter.Seq[Library] {
	return func(yield func(Library) bool) {
		seen := map[string]bool{}
		walk := func(p folders) bool {
			for _, path := range p.files() {
				real, err := filepath.EvalSymlinks(path)
				if err != nil {
					real = path
				}
				l := Library{path, Platform(path), p.origin, nil}
				if seen[real] || platform != "" && l.Platform != platform {
					continue
				}
				seen[real] = true
				l.Err = m.Check(path)
				if p.origin == cacheOrigin && l.Err == nil {
					l.Err = usercache.Private(m.Cache)
				}
				if !yield(l) {
					return false
				}
			}
			return true
		}
		active := false
		for _, p := range m.searchPath() {
			active = active || p.origin == activeOrigin
			if !walk(p) {
				return
			}
		}
		if !active {
			walk(m.pythonFolders(ctx))
		}
	}
}

// files lists the plugins of a place, folder by folder.
func (p folders) files() []string {
	var all []string
	for _, dir := range p.dirs {
		var here []string
		for _, name := range p.names {
			found, _ := filepath.Glob(filepath.Join(wheels.EscapeGlob(dir), name)) // the pattern is well formed
			here = append(here, found...)
		}
		slices.Sort(here)
		all = append(all, slices.Compact(here)...)
	}
	return all
}

// askSites prints the folders in which an interpreter looks for packages.
const askSites = `import json, site, sysconfig
p = sysconfig.get_paths()
print(json.dumps([p["purelib"], p["platlib"], *getattr(site, "getsitepackages", list)(), getattr(site, "getusersitepackages", str)()]))`

// pythonFolders asks the first interpreter that answers for its package folders,
// isolated (-I): Python would take a json.py of the current folder for its own.
func (m Machine) pythonFolders(ctx context.Context) folders {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for _, python := range m.Python {
		cmd := exec.CommandContext(ctx, python, "-I", "-c", askSites)
		cmd.WaitDelay = time.Second
		out, err := cmd.Output()
		var dirs []string
		if err != nil || json.Unmarshal(out, &dirs) != nil {
			continue
		}
		var unique []string
		for _, dir := range absolute(dirs) {
			if !slices.Contains(unique, dir) {
				unique = append(unique, dir)
			}
		}
		return folders{fmt.Sprintf("the packages of %s", python), unique, siteNames}
	}
	return folders{}
}

// absolute keeps the absolute paths: a relative one would depend on the folder
// the program is started in.
func absolute(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool { return !filepath.IsAbs(p) })
}

func under(dir string, names []string) []string {
	var out []string
	for _, n := range names {
		out = append(out, filepath.Join(dir, n))
	}
	return out
}

var platforms = regexp.MustCompile(`cuda|rocm|oneapi|metal|tpu|cpu`)

// Platform is the kind of device that a plugin is for, after its file name.
func Platform(path string) string {
	return platforms.FindString(strings.ToLower(filepath.Base(path)))
}

// CUDA looks for the libraries of NVIDIA that the CUDA plugin loads by itself
// when it starts: the folder "nvidia" of a Python environment, or the CUDA
// runtime and cuDNN of the system. It returns "" when there are none.
func (m Machine) CUDA(ctx context.Context) string {
	var sites []string
	for _, p := range m.searchPath() {
		if p.origin == activeOrigin {
			sites = p.dirs
		}
	}
	if sites == nil {
		sites = m.pythonFolders(ctx).dirs
	}
	for _, site := range sites {
		if dir := filepath.Join(site, "nvidia"); exists(filepath.Join(dir, "cudnn", "lib")) {
			return dir
		}
	}
	dirs := absolute(filepath.SplitList(m.Getenv("LD_LIBRARY_PATH")))
	for _, dir := range []string{"/usr/local/cuda/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib64"} {
		dirs = append(dirs, m.system(dir))
	}
	runtime, cudnn := "", ""
	for _, dir := range dirs {
		if found, _ := filepath.Glob(filepath.Join(wheels.EscapeGlob(dir), "libcudart.so*")); len(found) > 0 && runtime == "" {
			runtime = dir
		}
		if found, _ := filepath.Glob(filepath.Join(wheels.EscapeGlob(dir), "libcudnn.so*")); len(found) > 0 {
			cudnn = dir
		}
	}
	if runtime == "" || cudnn == "" {
		return ""
	}
	return runtime
}

// driver is the major version of NVIDIA's kernel driver, 0 when unknown. The
// file's first line reads "NVRM version: NVIDIA UNIX … Kernel Module  580.65.06 …".
func (m Machine) driver() int {
	text, err := os.ReadFile(m.system("/proc/driver/nvidia/version"))
	if err != nil {
		return 0
	}
	var major int
	if found := driverVersion.FindSubmatch(text); found != nil {
		fmt.Sscan(string(found[1]), &major) // digits only, by the expression
	}
	return major
}

var driverVersion = regexp.MustCompile(`(?m)^NVRM version:.*?\s(\d{3})\.\d+`)
