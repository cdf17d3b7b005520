package memtest

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

// sharded is a run of five units: the raw inputs, three networks with twins, a refit.
func sharded() Config {
	c := small()
	c.Data, c.Net = "gaussian:60:4x4x1:3", "mlp:4"
	c.N, c.Epochs, c.Seeds, c.Refit, c.Permutations = 0, []int{0, 2}, 3, 19, 19
	c.Refs, c.Probes = nil, []string{"centroid", "knn"}
	return c
}

// shards is a run that is measured in shards in these tests.
type shards struct {
	t      *testing.T
	engine *xla.Engine
	config Config
	out    string
	others []string // brought from elsewhere
	notes  []string
	mu     sync.Mutex
}

func newShards(t *testing.T, c Config) *shards {
	return &shards{t: t, engine: engine(t), config: c, out: filepath.Join(t.TempDir(), "out")}
}

func (s *shards) note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes = append(s.notes, text)
}

// said says whether a note holds a text.
func (s *shards) said(text string) bool {
	return slices.ContainsFunc(s.notes, func(n string) bool { return strings.Contains(n, text) })
}

// run measures a shard, with a manifest that change may make that of another machine.
func (s *shards) run(ctx context.Context, k, n int, change func(*Folder)) error {
	x, err := New(ctx, s.config, datasets.Options{Offline: true})
	if err != nil {
		return err
	}
	m, err := NewManifest(ctx, s.engine, []string{"memtest", "run", "--shard", Shard{k, n}.String(), "--out", s.out}, time.Now())
	if err != nil {
		return err
	}
	f, err := x.Folder(m)
	if err != nil {
		return err
	}
	if change != nil {
		change(&f)
	}
	return ShardOf{Folder: f, Shard: Shard{k, n}, Out: s.out, Note: s.note}.Run(ctx, s.engine, x)
}

func (s *shards) all(n int) {
	s.t.Helper()
	for k := range n {
		if err := s.run(s.t.Context(), k+1, n, nil); err != nil {
			s.t.Fatal(err)
		}
	}
}

// merge is the bytes of the merged rows.
func (s *shards) merge(change func(*Merge)) ([]byte, error) {
	m := Merge{Out: s.out, Others: s.others, Note: s.note}
	if change != nil {
		change(&m)
	}
	d, _, f, err := m.Run()
	if err != nil {
		return nil, err
	}
	if err := errors.Join(d.Finish(*f.Manifest.Finished, f.Manifest.Compiled), d.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(d.Path(rundir.RowsFile))
}

// whole is the bytes of the rows of a run that one process measures.
func (s *shards) whole() []byte {
	s.t.Helper()
	x, err := New(s.t.Context(), s.config, datasets.Options{Offline: true})
	if err != nil {
		s.t.Fatal(err)
	}
	folder := filepath.Join(s.t.TempDir(), "whole")
	if _, err := RunIn(s.t.Context(), s.engine, x, folder); err != nil {
		s.t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, rundir.RowsFile))
	if err != nil {
		s.t.Fatal(err)
	}
	return text
}

// Any number of shards, in any order, doubled one after the other or at once, gives the
// bytes of one process. Merging again gives the same, in every file.
func TestShardsGiveTheBytesOfOneProcess(t *testing.T) {
	s := newShards(t, sharded())
	want := s.whole()
	units := len(unitsOf(t, s.config))
	if units != 5 {
		t.Fatalf("%d units, want 5", units)
	}
	numbers := []int{2, units + 1}
	if long() {
		numbers = []int{1, 2, 3, 4, units, units + 1}
	}
	for _, n := range numbers {
		s.out = filepath.Join(t.TempDir(), "out")
		order := rand.New(rand.NewPCG(1, uint64(n))).Perm(n)
		order = append(order, order[0])
		for _, k := range order {
			if err := s.run(t.Context(), k+1, n, nil); err != nil {
				t.Fatal(err)
			}
		}
		for range 2 {
			got, err := s.merge(nil)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%d shards: other rows than those of one process", n)
			}
		}
	}
	if !s.said("shard 6/6 has nothing to measure: there are 6 shards for 5 units") {
		t.Errorf("notes: %q", s.notes)
	}
}

// A merged run has compiled what its parts have.
func TestMergeAddsUpWhatWasCompiled(t *testing.T) {
	s := newShards(t, sharded())
	s.engine = newEngine(t)
	s.all(2)
	if _, err := s.merge(nil); err != nil {
		t.Fatal(err)
	}
	parts, err := rundir.Parts(s.out)
	if err != nil {
		t.Fatal(err)
	}
	of := func(path string) result.Compiled {
		d, err := rundir.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		m, err := d.Manifest()
		if err != nil {
			t.Fatal(err)
		}
		return m.Compiled
	}
	var sum result.Compiled
	for _, p := range parts {
		sum = sum.Plus(of(p.Path))
	}
	if got := of(s.out); got != sum || got.Programs < 5 || got.Programs > Compiled(s.engine).Programs {
		t.Errorf("the merged run says that %+v was compiled, its parts %+v", got, sum)
	}
}

// Of two processes that measure the same shard at once, one waits, and both end well.
func TestTwoProcessesAtOneShard(t *testing.T) {
	s := newShards(t, sharded())
	var both sync.WaitGroup
	for range 2 {
		both.Go(func() {
			if err := s.run(t.Context(), 1, 1, nil); err != nil {
				t.Error(err)
			}
		})
	}
	both.Wait()
	got, err := s.merge(nil)
	if err != nil || !bytes.Equal(got, s.whole()) {
		t.Errorf("other rows than those of one process (%v)", err)
	}
}

// Where training ends early it is not known beforehand at which epoch; a shard trains
// its own networks all the same.
func TestShardTrainsItsOwnNetworks(t *testing.T) {
	c := sharded()
	c.Refit, c.Until, c.Epochs = 0, 0.9, []int{0, 5}
	x, err := New(t.Context(), c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	own := Shard{2, 4}.Units(x.Units())
	for f, err := range x.Part(own...).Features(t.Context(), engine(t)) {
		if err != nil {
			t.Fatal(err)
		}
		if f.Seed != 1 {
			t.Errorf("shard 2 of 4 trained the network of seed %d", f.Seed)
		}
	}
}

// A unit that was begun elsewhere, and not finished, begins over; what was finished
// there stays. Merge names both, and refuses them where it is strict.
func TestUnitsBegunOnAnotherMachine(t *testing.T) {
	s := newShards(t, sharded())
	want := s.whole()
	elsewhere := func(f *Folder) { f.Manifest.Arithmetic, f.Manifest.Host.CPU = "another", "other processor" }
	if err := s.run(t.Context(), 1, 5, elsewhere); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	s.config.Progress = func(p Progress) {
		if strings.Contains(p.Doing, "centroid, permutation") {
			cancel()
		}
	}
	if err := s.run(ctx, 2, 5, elsewhere); err == nil {
		t.Fatal("the interrupted shard ended well")
	}
	s.config.Progress = nil
	s.all(5)
	if _, err := os.Stat(rundir.PartFolder(s.out, 2, 5, "network-1.before-1")); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(rundir.PartFolder(s.out, 1, 5, "input.before-1")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a finished unit began over (%v)", err)
	}
	if _, err := s.merge(func(m *Merge) { m.Strict = true }); err == nil || !strings.Contains(err.Error(), "2 kinds of machine") {
		t.Errorf("strict: %v", err)
	}
	got, err := s.merge(nil)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("other rows than those of one process (%v)", err)
	}
	for _, text := range []string{"network-1 had been begun on a machine that computes otherwise, so it began over", "2 kinds of machine"} {
		if !s.said(text) {
			t.Errorf("no note of %q in %q", text, s.notes)
		}
	}
}

// What does not belong together is refused by one sentence, and nothing is written.
func TestMergeRefuses(t *testing.T) {
	amend := func(name string, change func(*result.Manifest)) func(*shards) {
		return func(s *shards) { s.amend(name, change) }
	}
	for _, c := range []struct {
		name   string
		spoil  func(s *shards)
		strict bool
		want   string
	}{
		{"data", amend("network-1", func(m *result.Manifest) { m.Data.SHA256 = "other" }), false, "were measured with another data set"},
		{"network", amend("network-1", func(m *result.Manifest) { m.NetworkSHA256 = "other" }), false, "were measured with another network"},
		{"plugin", amend("network-2", func(m *result.Manifest) { m.PluginSHA256 = "other" }), false, "were measured with another plugin"},
		{"GoMLX", func(s *shards) { // a test's program does not know its own
			s.amend("input", func(m *result.Manifest) { m.Versions["github.com/gomlx/gomlx"] = "v1" })
			s.amend("network-2", func(m *result.Manifest) { m.Versions["github.com/gomlx/gomlx"] = "v0" })
		}, false, "were measured with another GoMLX"},
		{"no units", amend("input", func(m *result.Manifest) { m.Units = nil }), false, "does not say which units its run has"},
		{"other units", amend("refit", func(m *result.Manifest) { m.Units = m.Units[:2] }), false, "was cut into 5 units and "},
		{"format", amend("refit", func(m *result.Manifest) { m.Format = 2 }), false, "has rows of format 2"},
		{"revision", amend("refit", func(m *result.Manifest) { m.Tasks[0].Memtest = "another" }), true, "2 revisions of memtest"},
		{"missing", amend("network-3", func(m *result.Manifest) { m.Unfinished = true }), false, "1 of 5 units are not finished: network-3; measure them by: memtest run --shard 1/3 --out "},
		{"configuration", (*shards).otherConfig, false, "differ in line 1: \"data: gaussian:60:4x4x1:3\" there, \"data: gaussian:60:4x4x1:2\" here"},
		{"numbers", (*shards).otherNumbers, false, "have different numbers for network \"input\""},
		{"damage", (*shards).damage, false, "1 of 5 units are not finished: network-1; measure them by: memtest run --shard 2/3"},
		{"rows lost", func(s *shards) { s.remove("network-1", rundir.RowsFile) }, false, "1 of 5 units are not finished: network-1;"},
		{"rows cut", func(s *shards) { s.cut("network-2", rundir.RowsFile) }, false, "1 of 5 units are not finished: network-2;"},
		{"rows of another unit", (*shards).anotherUnit, false, "1 of 5 units are not finished: network-2;"},
		{"labels", func(s *shards) {
			for _, u := range []string{"input", "network-1", "network-2", "network-3", "refit"} {
				s.remove(u, "labels.npz")
			}
		}, false, "no unit has kept the labels of the data"},
		{"files of the user's", func(s *shards) { s.write(rundir.CSVFile, "a,b") }, false, "has something in the place of what a run writes"},
		{"number of shards", func(s *shards) { s.mkdir("shards/1-of-2") }, false, ""},
		{"number of shards that measured", func(s *shards) { s.mkdir("shards/1-of-2/input") }, false, "holds shards of 2 and of 3"},
		{"a whole run", func(s *shards) { s.write(rundir.ConfigFile, "x"); s.write(rundir.ManifestFile, "{}") }, false, "was measured as a whole"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newShards(t, sharded())
			s.copyOf(finishedShards(t))
			c.spoil(s)
			_, err := s.merge(func(m *Merge) { m.Strict = c.strict })
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) || !errors.Is(err, result.ErrInput) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(s.out, rundir.RowsFile)); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("rows were written (%v)", err)
			}
		})
	}
}

// finishedShards is the folder of three shards that are finished, measured once.
func finishedShards(t *testing.T) string {
	t.Helper()
	made.once.Do(func() {
		s := newShards(t, sharded())
		s.out, made.err = os.MkdirTemp("", "shards")
		for k := 1; k <= 3 && made.err == nil; k++ {
			made.err = s.run(t.Context(), k, 3, nil)
		}
		made.out = s.out
	})
	if made.err != nil {
		t.Fatal(made.err)
	}
	return made.out
}

var made struct {
	once sync.Once
	out  string
	err  error
}

func (s *shards) copyOf(folder string) {
	s.t.Helper()
	if err := os.CopyFS(s.out, os.DirFS(folder)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shards) write(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.out, name), []byte(text), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shards) mkdir(name string) {
	s.t.Helper()
	if err := os.MkdirAll(filepath.Join(s.out, name), 0o777); err != nil {
		s.t.Fatal(err)
	}
}

// part is the folder of a unit.
func (s *shards) part(name string) string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.out, "shards", "*", name))
	if err != nil || len(found) != 1 {
		s.t.Fatalf("folders of %s: %q (%v)", name, found, err)
	}
	return found[0]
}

// amend changes the manifest of a unit.
func (s *shards) amend(name string, change func(*result.Manifest)) {
	s.t.Helper()
	path := filepath.Join(s.part(name), rundir.ManifestFile)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	m, err := result.ParseManifest(text, path)
	if err != nil {
		s.t.Fatal(err)
	}
	change(&m)
	if text, err = m.JSON(); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// otherConfig makes a unit that of another configuration.
func (s *shards) otherConfig() {
	path := filepath.Join(s.part("network-2"), rundir.ConfigFile)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	text = bytes.Replace(text, []byte("4x4x1:3"), []byte("4x4x1:2"), 1)
	if err := os.WriteFile(path, text, 0o666); err != nil {
		s.t.Fatal(err)
	}
	s.amend("network-2", func(m *result.Manifest) { m.Config = result.Hash(text) })
}

// otherNumbers brings, in another folder, a unit that was measured otherwise.
func (s *shards) otherNumbers() {
	other := newShards(s.t, sharded())
	other.copyOf(s.out)
	path := filepath.Join(other.part("input"), rundir.RowsFile)
	d, err := rundir.Open(other.part("input"))
	if err != nil {
		s.t.Fatal(err)
	}
	rows, _, err := d.Rows()
	if err != nil {
		s.t.Fatal(err)
	}
	rows[0].LearningP /= 2 // which its evidence does not show
	var text bytes.Buffer
	if err := result.WriteRows(&text, rows); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, text.Bytes(), 0o666); err != nil {
		s.t.Fatal(err)
	}
	s.others = []string{other.out}
}

// Shards that were measured twice, and are equal, are dropped, whatever their paths.
func TestMergeDropsEqualDuplicates(t *testing.T) {
	s := newShards(t, sharded())
	s.copyOf(finishedShards(t))
	other := newShards(t, sharded())
	other.copyOf(s.out)
	if err := os.RemoveAll(s.part("network-2")); err != nil {
		t.Fatal(err)
	}
	another := newShards(t, sharded())
	another.all(2) // in other shards
	s.others = []string{other.out, another.out}
	if got, err := s.merge(nil); err != nil || !bytes.Equal(got, s.whole()) {
		t.Errorf("other rows than those of one process (%v)", err)
	}
}

// remove takes a file of a unit away, and cut the end of one.
func (s *shards) remove(unit, name string) {
	s.t.Helper()
	if err := os.Remove(filepath.Join(s.part(unit), name)); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shards) cut(unit, name string) {
	s.t.Helper()
	path := filepath.Join(s.part(unit), name)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	last := bytes.LastIndexByte(text[:len(text)-1], '\n')
	if err := os.WriteFile(path, text[:last+1], 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// without takes a line, from 1, out of a file of a unit.
func (s *shards) without(line int, unit, name string) {
	s.t.Helper()
	path := filepath.Join(s.part(unit), name)
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	lines := bytes.SplitAfter(text, []byte("\n"))
	if err := os.WriteFile(path, bytes.Join(slices.Delete(lines, line-1, line), nil), 0o666); err != nil {
		s.t.Fatal(err)
	}
}

// anotherUnit puts a unit in the place of another one.
func (s *shards) anotherUnit() {
	s.t.Helper()
	place := s.part("network-2")
	if err := os.RemoveAll(place); err != nil {
		s.t.Fatal(err)
	}
	if err := os.CopyFS(place, os.DirFS(s.part("network-1"))); err != nil {
		s.t.Fatal(err)
	}
}

// What is lost of a unit is measured again by its shard.
func TestLostRowsAreMeasuredAgain(t *testing.T) {
	s := newShards(t, sharded())
	s.copyOf(finishedShards(t))
	s.cut("network-2", rundir.RowsFile)
	s.remove("network-1", rundir.RowsFile)
	s.without(3, "network-3", rundir.RowsFile)
	states, _, err := Merge{Out: s.out}.Check()
	if err != nil || states[1].State != unitBegun || states[2].State != unitBegun {
		t.Errorf("states %v (%v)", states, err)
	}
	s.all(3)
	if got, err := s.merge(nil); err != nil || !bytes.Equal(got, s.whole()) {
		t.Errorf("other rows than those of one process (%v)", err)
	}
}

// A part of a run is not a run: resuming it as one would measure the whole run there.
func TestAPartIsNotGoneOnWithAsARun(t *testing.T) {
	s := newShards(t, sharded())
	s.copyOf(finishedShards(t))
	x, err := New(t.Context(), s.config, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	s.amend("input", func(m *result.Manifest) { m.Unfinished = true })
	if _, err := RunIn(t.Context(), s.engine, x, s.part("input")); err == nil || !strings.Contains(err.Error(), "is a part of shard 1/3 of a run") {
		t.Errorf("error %v", err)
	}
}

// damage takes a file of evidence away.
func (s *shards) damage() {
	found, err := filepath.Glob(filepath.Join(s.part("network-1"), "cells", "*"))
	if err != nil || len(found) == 0 {
		s.t.Fatalf("evidence %q (%v)", found, err)
	}
	if err := os.Remove(found[0]); err != nil {
		s.t.Fatal(err)
	}
}

// Each unit is told of: done, running, begun, missing.
func TestCheckTellsHowFarUnitsAre(t *testing.T) {
	s := newShards(t, sharded())
	s.copyOf(finishedShards(t))
	s.amend("network-2", func(m *result.Manifest) { m.Unfinished = true })
	s.amend("network-3", func(m *result.Manifest) { m.Unfinished = true })
	if err := os.RemoveAll(s.part("refit")); err != nil {
		t.Fatal(err)
	}
	config, err := os.ReadFile(filepath.Join(s.part("network-3"), rundir.ConfigFile))
	if err != nil {
		t.Fatal(err)
	}
	there, err := rundir.Open(s.part("network-3"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := there.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	held, _, err := rundir.Resume(s.part("network-3"), config, m)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	states, command, err := Merge{Out: s.out}.Check()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range states {
		got = append(got, u.Unit+" "+u.State+" "+u.Shard.String())
	}
	if want := "input done 1/3, network-1 done 2/3, network-2 begun 3/3, network-3 running 1/3, refit missing 2/3"; strings.Join(got, ", ") != want {
		t.Errorf("states %q, want %q", got, want)
	}
	if want := "memtest run --shard 3/3 --out "; !strings.Contains(command, want) || !strings.Contains(command, "--shard 2/3") || strings.Contains(command, "--shard 1/3") {
		t.Errorf("command %q", command)
	}
}

func TestParseShard(t *testing.T) {
	if s, err := ParseShard("3/8"); err != nil || s != (Shard{3, 8}) {
		t.Errorf("3/8: %v (%v)", s, err)
	}
	for _, bad := range []string{"", "3", "0/4", "5/4", "-1/4", "a/b", "1/0", "01/4", "1/4/2", " 1/4", "1/4.0"} {
		if s, err := ParseShard(bad); err == nil || !strings.HasPrefix(err.Error(), "shard: ") {
			t.Errorf("%q: %v (%v)", bad, s, err)
		}
	}
}

// Every unit is one shard's, whatever their number.
func TestEveryUnitIsOneShards(t *testing.T) {
	units := unitsOf(t, sharded())
	for n := 1; n < 8; n++ {
		owners := map[Unit]int{}
		for k := range n {
			for _, u := range (Shard{k + 1, n}).Units(units) {
				owners[u]++
			}
		}
		for _, u := range units {
			if owners[u] != 1 {
				t.Errorf("%d shards: unit %v has %d owners", n, u, owners[u])
			}
		}
	}
}

func unitsOf(t *testing.T, c Config) []Unit {
	t.Helper()
	x, err := New(t.Context(), c, datasets.Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	return x.Units()
}

// A refit whose networks are trained one by one is cut into units, at most 20 of them;
// put together, and judged, it gives the bytes of one process, by any metric.
func TestPartsOfARefit(t *testing.T) {
	metrics := []string{MetricAccuracy}
	if long() {
		metrics = append(metrics, MetricBalanced, MetricAUC)
	}
	for _, metric := range metrics {
		c := sharded()
		c.Net, c.Seeds, c.Refit, c.Epochs, c.Levels, c.Metric = "cnn:2/3", 1, 22, []int{0, 1, 2}, []float64{0, 0.3}, metric
		c.Refs, c.Probes = []string{RefInput}, []string{"centroid", "ridge"}
		s := newShards(t, c)
		units := unitsOf(t, c)
		if n := len(units); n != 2+12 || units[n-1].String() != "refit-12" {
			t.Fatalf("units %v", units)
		}
		s.all(5)
		got, err := s.merge(nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := s.whole(); !bytes.Equal(got, want) {
			t.Errorf("%s: other rows than those of one process", metric)
		}
	}
}
