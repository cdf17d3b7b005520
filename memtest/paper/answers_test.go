package paper

import (
	"bytes"
	"context"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// Networks on subsets that were trained before a kill are not trained again, one whose
// line is damaged is, and the answers are those of a run that was not killed.
func TestAnswersGoOn(t *testing.T) {
	e, err := xla.Open(t.Context(), "", xla.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	x, err := memtest.New(t.Context(), memtest.Config{N: 60, Net: "mlp:8", Epochs: []int{2}, Levels: []float64{0.3}}, datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	open := func(folder string) *answers {
		dir, err := rundir.Create(folder, []byte("x"), result.NewManifest(nil, time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { dir.Close() })
		return answersIn(t, dir)
	}
	const networks = 24
	whole := open(t.TempDir())
	want, err := whole.presence(t.Context(), e, x, 5, networks)
	if err != nil {
		t.Fatal(err)
	}

	broken := open(t.TempDir())
	ctx, stop := context.WithCancel(t.Context())
	x.Config.Progress = func(p memtest.Progress) {
		if strings.Contains(p.Doing, "network 14 of 24") {
			stop()
		}
	}
	if _, err := broken.presence(ctx, e, x, 5, networks); err == nil {
		t.Fatal("the training was not broken off")
	}
	path := broken.dir.Path(answersFile)
	text, err := os.ReadFile(path)
	if err != nil || bytes.Count(text, []byte("\n")) != 13 {
		t.Fatalf("%d networks are kept of the 13 that were trained (%v)", bytes.Count(text, []byte("\n")), err)
	}
	if err := os.WriteFile(path, bytes.Replace(text, []byte(`"network":4`), []byte(`"network":5`), 1), 0o644); err != nil {
		t.Fatal(err)
	}
	again := answersIn(t, broken.dir)
	if len(again.kept) != 12 {
		t.Errorf("%d of thirteen networks are known where one line is damaged", len(again.kept))
	}
	var trained []string
	x.Config.Progress = func(p memtest.Progress) {
		if strings.Contains(p.Doing, "on subsets") {
			trained = append(trained, p.Doing)
		}
	}
	got, err := again.presence(t.Context(), e, x, 5, networks)
	if err != nil || !reflect.DeepEqual(got, want) || !reflect.DeepEqual(again.kept, whole.kept) {
		t.Errorf("after going on networks answer otherwise (%v)", err)
	}
	if len(trained) != 1+networks-13 {
		t.Errorf("trained again: %d networks, %v", len(trained), trained)
	}
	if third, err := answersIn(t, broken.dir).presence(t.Context(), e, x, 5, networks); err != nil || !reflect.DeepEqual(third, want) || len(trained) != 1+networks-13 {
		t.Errorf("what is whole is trained again (%v)", err)
	}
}

func answersIn(t *testing.T, dir *rundir.Dir) *answers {
	t.Helper()
	a, err := openAnswers(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
