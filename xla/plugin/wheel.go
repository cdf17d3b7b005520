package plugin

import "github.com/seed-1a417598/memtest/xla/wheels"

// wheelFor chooses the wheel for a platform; ok is false where there is none
// for this system and processor. The CPU wheel was chosen among three, see
// docs/benchmarks.md. The driver's version decides between the CUDA wheels:
// CUDA 13 needs driver 580 or later.
func (m Machine) wheelFor(platform string) (w wheels.Wheel, ok bool) {
	if m.OS != "linux" || m.Arch != "amd64" {
		return wheels.Wheel{}, false
	}
	switch {
	case platform == "cpu":
		return cpuWheel, true
	case platform == "cuda" && m.NVIDIA() && m.driver() >= 580:
		return cuda13Wheel, true
	case platform == "cuda" && m.NVIDIA():
		return cuda12Wheel, true
	}
	return wheels.Wheel{}, false
}

const instead = "a plugin in ~/.local/lib/go-xla does as well"

var (
	// cpuWheel holds OpenXLA's CPU plugin, built from the XLA of JAX 0.11.2, PJRT 0.115.
	cpuWheel = wheels.Wheel{
		Name: "lammps-jax-pjrt-cpu", Version: "0.11.2",
		SHA256:   "1319390d948b39f69f7dade496b7c385149d9ca6097a6b62114da113216d9ad1",
		Download: 62711338,
		Member:   "lammps_jax_pjrt_cpu/pjrt_c_api_cpu_plugin.so", Size: 201600336,
		License: "Apache-2.0",
		Holds:   "XLA for the CPU", Instead: instead,
	}
	// cuda12Wheel and cuda13Wheel hold JAX's plugin, without NVIDIA's own libraries.
	cuda12Wheel = wheels.Wheel{
		Name: "jax-cuda12-pjrt", Version: "0.12.0.1",
		SHA256:   "5ec28e06198d094031c37590b4ea753ae8cde4879ab4b60baf40f0dffb673286",
		Download: 191846358,
		Member:   "jax_plugins/xla_cuda12/xla_cuda_plugin.so", Size: 486596368,
		License: "Apache-2.0",
		Holds:   "XLA for CUDA 12", Instead: instead,
	}
	cuda13Wheel = wheels.Wheel{
		Name: "jax-cuda13-pjrt", Version: "0.12.0.1",
		SHA256:   "5899bb6177eda86ea532afb9a26794f2bdd04966f6a01f9028266b16c2b6cf90",
		Download: 134922808,
		Member:   "jax_plugins/xla_cuda13/xla_cuda_plugin.so", Size: 395967648,
		License: "Apache-2.0",
		Holds:   "XLA for CUDA 13", Instead: instead,
	}
)
