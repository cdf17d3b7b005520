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
		want                 request
	}{
		{"", "", request{source: variable, any: true}},
		{"go", "", request{text: "go", source: option, golang: true}},
		{"go", "xla:cpu", request{text: "go", source: option, golang: true}},
		{"", "go:parallelism=2", request{text: "go:parallelism=2", source: variable, golang: true, options: "parallelism=2"}},
		{"xla", "", request{text: "xla", source: option}},
		{"", "xla:cpu", request{text: "xla:cpu", source: variable, platform: "cpu"}},
		{"stablehlo:cuda,tf32", "", request{text: "stablehlo:cuda,tf32", source: option, platform: "cuda", options: "tf32"}},
		{"xla:/a/b.so,noshared_buffers", "", request{text: "xla:/a/b.so,noshared_buffers", source: option, path: "/a/b.so", options: "noshared_buffers"}},
		{"/a/b.so", "", request{text: "/a/b.so", source: option, path: "/a/b.so"}},
		{"b.so", "", request{text: "b.so", source: option, path: filepath.Join(here, "b.so")}},
		{"./lib/b", "", request{text: "./lib/b", source: option, path: filepath.Join(here, "lib/b")}},
	}
	for _, test := range tests {
		got, err := parseRequest(test.backend, test.environment)
		if err != nil || got != test.want {
			t.Errorf("%q, %q: got %+v, %v; want %+v", test.backend, test.environment, got, err, test.want)
		}
	}
	for _, bad := range []string{"torch", "xla:gpu", "xla:cpu,fast", "cpu"} {
		for source, err := range map[string]error{option: second(parseRequest(bad, "")), variable: second(parseRequest("", bad))} {
			if err == nil || !strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), "xla:cpu, xla:cuda, go") {
				t.Errorf("%q: got %v, want the value, %s and the choices", bad, err, source)
			}
		}
	}
}

func second[T any](_ T, err error) error { return err }
