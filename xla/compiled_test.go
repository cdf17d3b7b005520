package xla

import (
	"errors"
	"sync"
	"testing"

	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"
)

// Every program is counted once for each shape, whoever compiles it and however many
// goroutines ask for it at once; what cannot be built is none.
func TestCompiled(t *testing.T) {
	for backend, opening := range map[string]int{"go": 0, "xla:cpu": 1} {
		e := openReal(t, backend)
		defer e.Close()
		want := opening
		programs, spent := e.Compiled()
		check := func(more int, what string) {
			t.Helper()
			want += more
			now, later := e.Compiled()
			if now != want || later < spent || (later > spent) != (now > programs) {
				t.Errorf("%s, %s: %d programs in %v after %d in %v, want %d", backend, what, now, later, programs, spent, want)
			}
			programs, spent = now, later
		}
		check(0, "opening")
		twice := func(args []*graph.Node) *graph.Node { return graph.Add(args[0], args[0]) }
		var all sync.WaitGroup
		for i := range 8 {
			all.Go(func() {
				in, err := Tensor(e, make([]float32, 3+i%2), 3+i%2)
				if err != nil {
					t.Error(err)
					return
				}
				out, err := e.Call("twice", twice, in)
				if err != nil {
					t.Error(err)
				}
				Free(in, out)
			})
		}
		all.Wait()
		check(2, "one program, two shapes")
		square(t, e)
		check(1, "a program of its own")
		engines, err := e.Devices(0)
		if err != nil {
			t.Fatal(err)
		}
		if n, _ := engines[len(engines)-1].Compiled(); n != want {
			t.Errorf("%s: the engine of another device tells of %d programs, not %d", backend, n, want)
		}
		if _, err := e.Call("broken", func([]*graph.Node) *graph.Node { panic(errors.New("no graph")) }); err == nil {
			t.Error("a panic while building is no error")
		}
		check(0, "a program that cannot be built")
		others, err := graph.NewExec(e.Backend(), func(x *graph.Node) *graph.Node { return graph.Neg(x) })
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			others.MustExec1(tensors.FromValue([]float32{1}))
		}
		others.Finalize()
		check(1, "a program of GoMLX's own")
	}
}
