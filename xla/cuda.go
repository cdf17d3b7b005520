package xla

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// prepareCUDA sets the variables that XLA and NVIDIA's libraries read when a
// CUDA plugin is loaded, and tells the plugin where those libraries are. They are
// read once: the first CUDA backend of a process decides for all. cuda is the
// folder that Machine.CUDA found, "" = leave that to the user.
func prepareCUDA(l plugin.Library, options, cuda string) error {
	// go-xla v0.2.0 would set XLA_FLAGS to a folder of its author's home.
	if err := os.Setenv("GOPJRT_CUDA_CHECKS", "0"); err != nil {
		return err
	}
	tf32 := slices.Contains(strings.Split(options, ","), "tf32")
	if err := os.Setenv("XLA_FLAGS", cudaFlags(os.Getenv("XLA_FLAGS"), tf32)); err != nil {
		return err
	}
	if _, set := os.LookupEnv("NVIDIA_TF32_OVERRIDE"); !tf32 && !set {
		if err := os.Setenv("NVIDIA_TF32_OVERRIDE", "0"); err != nil {
			return err
		}
	}
	if cuda == "" {
		return nil
	}
	return plugin.LinkCUDA(l, cuda)
}

// unprepared refuses a plugin that turned out to be for CUDA only when it was
// loaded, too late for prepareCUDA.
func unprepared(l plugin.Library) error {
	if l.Platform != "cuda" {
		return nil
	}
	return fmt.Errorf("plugin %s is for CUDA, which its file name does not tell, so XLA was loaded without the settings for numbers that repeat: start again with a link to it whose name holds \"cuda\", such as xla_cuda_plugin.so", l.Path)
}

// cudaFlags adds to XLA's flags those that numbers to be trusted need on a GPU,
// but for those that the user has set. By XLA's defaults
//
//   - each process times the ways to compute a product, takes the fastest and so
//     rounds in another way than the process before;
//   - products of float32 round their factors to the 10 bits of TF32, in NVIDIA's
//     libraries, which NVIDIA_TF32_OVERRIDE prevents, and in XLA's own kernels.
//
// Flags in a file, which XLA_FLAGS may name, stay as they are.
func cudaFlags(set string, tf32 bool) string {
	flags := strings.Fields(set)
	if len(flags) > 0 && !strings.HasPrefix(flags[0], "-") {
		return set
	}
	add := func(name, value string) {
		if !strings.Contains(set, name) {
			flags = append(flags, "--"+name+"="+value)
		}
	}
	add("xla_gpu_deterministic_ops", "true")
	if !tf32 {
		add("xla_gpu_enable_triton_gemm", "false")
	}
	return strings.Join(flags, " ")
}
