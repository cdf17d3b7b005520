package xla

import (
	"errors"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
)

func TestCatch(t *testing.T) {
	sentinel := errors.New("sentinel")
	var none []int
	for name, test := range map[string]struct {
		fn   func()
		want string // "" = no error
	}{
		"nothing": {func() {}, ""},
		"error":   {func() { panic(sentinel) }, "sentinel"},
		"text":    {func() { panic("text") }, "text"},
		"index":   {func() { none[3] = 1 }, "catch_test.go"},
		"nil":     {func() { var e *Engine; _ = e.Describe() }, "engine.go"},
	} {
		err := Catch(test.fn)
		if (err != nil) != (test.want != "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
	}
	if err := Catch(func() { panic(sentinel) }); !errors.Is(err, sentinel) {
		t.Errorf("the error is not the one that was thrown: %v", err)
	}
}

// What GoMLX throws while a graph is built, here a product of matrices that do
// not fit, arrives as an error.
func TestCatchGraph(t *testing.T) {
	e, err := Open(t.Context(), "go", Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	err = Catch(func() {
		g := graph.NewGraph(e.Backend(), "misfit")
		graph.DotProduct(graph.Zeros(g, floats(2, 3)), graph.Zeros(g, floats(2, 3)))
	})
	if err == nil {
		t.Error("a product of [2, 3] and [2, 3] was built")
	}
}
