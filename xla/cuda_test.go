package xla

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// A plugin whose file name does not tell its device is used unless it turns out
// to be for CUDA, whose settings must be made before it is loaded.
func TestUnprepared(t *testing.T) {
	for platform, want := range map[string]string{"cpu": "", "tpu": "", "cuda": `plugin /tmp/mine.so is for CUDA`} {
		l := plugin.Library{Path: "/tmp/mine.so", Platform: platform}
		err := unprepared(l)
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v, want %q", platform, err, want)
		}
	}
	// The name that the error advises tells the device.
	if got := plugin.Platform("/tmp/xla_cuda_plugin.so"); got != "cuda" {
		t.Errorf("the advised name tells %q", got)
	}
}

func TestCUDAFlags(t *testing.T) {
	tests := map[string]struct {
		set  string
		tf32 bool
		want string
	}{
		"none":         {"", false, "--xla_gpu_deterministic_ops=true --xla_gpu_enable_triton_gemm=false"},
		"tf32":         {"", true, "--xla_gpu_deterministic_ops=true"},
		"others":       {"--xla_dump_to=/tmp/x", false, "--xla_dump_to=/tmp/x --xla_gpu_deterministic_ops=true --xla_gpu_enable_triton_gemm=false"},
		"the user's":   {"--xla_gpu_deterministic_ops=false", false, "--xla_gpu_deterministic_ops=false --xla_gpu_enable_triton_gemm=false"},
		"a file":       {"/etc/xla_flags", false, "/etc/xla_flags"},
		"set before":   {"--xla_gpu_deterministic_ops=true --xla_gpu_enable_triton_gemm=false", false, "--xla_gpu_deterministic_ops=true --xla_gpu_enable_triton_gemm=false"},
		"white spaces": {"  --a=1   --b ", true, "--a=1 --b --xla_gpu_deterministic_ops=true"},
	}
	for name, test := range tests {
		if got := cudaFlags(test.set, test.tf32); got != test.want {
			t.Errorf("%s: %q instead of %q", name, got, test.want)
		}
	}
}
