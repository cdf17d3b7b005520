package xla

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	option, variable := "the backend option", "GOMLX_BACKEND"
	tests := []struct {
		backend, environment string
		want                 wish
	}{
		{"", "", wish{source: variable, any: true}},
		{"go", "", wish{text: "go", source: option, golang: true}},
		{"go", "xla:cpu", wish{text: "go", source: option, golang: true}},
		{"", "go:parallelism=2", wish{text: "go:parallelism=2", source: variable, golang: true, options: "parallelism=2"}},
		{"xla", "", wish{text: "xla", source: option}},
		{"", "xla:cpu", wish{text: "xla:cpu", source: variable, platform: "cpu"}},
		{"stablehlo:cuda,tf32", "", wish{text: "stablehlo:cuda,tf32", source: option, platform: "cuda", options: "tf32"}},
		{"xla:/a/b.so,noshared_buffers", "", wish{text: "xla:/a/b.so,noshared_buffers", source: option, path: "/a/b.so", options: "noshared_buffers"}},
		{"/a/b.so", "", wish{text: "/a/b.so", source: option, path: "/a/b.so"}},
		{"b.so", "", wish{text: "b.so", source: option, path: filepath.Join(here, "b.so")}},
		{"./lib/b", "", wish{text: "./lib/b", source: option, path: filepath.Join(here, "lib/b")}},
	}
	for _, test := range tests {
		got, err := parse(test.backend, test.environment)
		if err != nil || got != test.want {
			t.Errorf("%q, %q: got %+v, %v; want %+v", test.backend, test.environment, got, err, test.want)
		}
	}
	for _, bad := range []string{"torch", "xla:gpu", "xla:cpu,fast", "cpu"} {
		for source, err := range map[string]error{option: second(parse(bad, "")), variable: second(parse("", bad))} {
			if err == nil || !strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), "xla:cpu, xla:cuda, go") {
				t.Errorf("%q: got %v, want the value, %s and the choices", bad, err, source)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }
