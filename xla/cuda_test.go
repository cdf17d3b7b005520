package xla

import "testing"

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
