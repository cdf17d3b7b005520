package tensorboard

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/seed-1a417598/memtest/memtest/result"
)

var update = flag.Bool("update", false, "write the event files of testdata, which testdata/golden.py reads")

// finished has half a second, so that the wall time is seen to be a float.
var finished = time.Unix(1700000000, 5e8)

func row(network string, seed uint64, epoch int, level, learning float64) result.Row {
	reshuffles, accuracy := 199, 0.75
	r := result.Row{
		Format: result.Format, Data: "made up", Network: network, Seed: seed, Epoch: epoch, Layer: "dense1", Probe: "ridge", Perturbation: "gaussian", Level: level,
		N: 10, Features: 3, Classes: 2, Permutations: 3, Observed: 0.5 + learning, NullMean: 0.5, NullSD: 0.1, Null: []float64{0.4, 0.5, 0.6}, Chance: 0.375,
		Learning: learning, Memorization: 0.125, LearningP: 0.25, LearningPLow: 0.1, LearningPHigh: 0.5, MemorizationP: 0.005, Reshuffles: &reshuffles, Flags: []string{},
	}
	if network != "input" {
		r.TrainAccuracy = &accuracy
	}
	return r
}

// rows are of two seeds, out of order, with a layer whose name is no tag.
func rows() []result.Row {
	fresh := 0.625
	odd := row("mlp", 1, 20, 0.5, 0.0625)
	odd.Layer, odd.Fresh = "block/äöü\x07", &fresh
	return []result.Row{
		row("input", 1, result.EpochNone, 0.3, 0.25), row("mlp", 1, 20, 0.3, 0.4375), row("mlp", 1, 0, 0.3, 0.125), row("mlp", 1, 20, 0, 0.3125), odd,
		row("mlp", 2, 300, 0.3, 0.46875), row("twin", 1, 20, 0.3, 0.03125),
	}
}

// What the network itself gives is there once for each epoch, and for each level of
// its copies.
func TestScalarsOfTheNetworkItself(t *testing.T) {
	value := func(v float64) *float64 { return &v }
	a, b := row("mlp", 1, 20, 0.3, 0.1), row("mlp", 1, 20, 0.5, 0.1)
	a.TestAccuracy, a.OwnTrainLoss, a.OwnFreshLoss, a.MembershipAUC, a.OwnAccuracy, a.OwnLoss = value(0.5), value(0.25), value(2), value(0.625), value(0.375), value(1)
	b.OwnAccuracy = value(0.125)
	want := []named{
		{"network/train_accuracy", 0.75}, {"network/test_accuracy", 0.5}, {"network/train_loss", 0.25}, {"network/fresh_loss", 2}, {"network/membership_auc", 0.625},
		{"network/copies_accuracy/gaussian 0.3", 0.375}, {"network/copies_loss/gaussian 0.3", 1}, {"network/copies_accuracy/gaussian 0.5", 0.125},
	}
	if got := ofNetwork([]result.Row{a, b, a}); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

type points = map[string]map[string][][2]float64 // run, tag -> step, value

func TestTensorBoardReadsIt(t *testing.T) {
	folder := t.TempDir()
	if *update {
		folder = "testdata"
	}
	paths, err := Write(folder, "logdir", rows(), finished)
	if err != nil {
		t.Fatal(err)
	}
	var runs []string
	for _, path := range paths {
		name, err := filepath.Rel(filepath.Join(folder, "logdir"), path)
		if err != nil {
			t.Fatal(err)
		}
		runs = append(runs, filepath.Dir(name))
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if want, err := os.ReadFile(filepath.Join("testdata", "logdir", name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not the file that TensorBoard has read (%v); run this test with -update, then testdata/golden.py", name, err)
		}
	}
	if want := []string{"input-seed1", "mlp-seed1", "mlp-seed2", "twin-seed1"}; !slices.Equal(runs, want) {
		t.Errorf("runs %q, want %q", runs, want)
	}
	// What TensorBoard's reader made of these very files: testdata/golden.py.
	text, err := os.ReadFile(filepath.Join("testdata", "golden.json"))
	if err != nil {
		t.Fatal(err)
	}
	var golden points
	if err := json.Unmarshal(text, &golden); err != nil {
		t.Fatal(err)
	}
	want := points{}
	for _, r := range rows() {
		run := fmt.Sprintf("%s-seed%d", r.Network, r.Seed)
		if want[run] == nil {
			want[run] = map[string][][2]float64{}
		}
		step := math.Max(0, float64(r.Epoch))
		name := fmt.Sprintf("/%s/ridge/gaussian %g", strings.NewReplacer("/", "_", "\x07", "_").Replace(r.Layer), r.Level)
		values := map[string]float64{"learning": r.Learning, "memorization": r.Memorization, "observed": r.Observed, "null": r.NullMean, "chance": r.Chance}
		if r.Fresh != nil {
			values["fresh"] = *r.Fresh
		}
		for q, v := range values {
			want[run][q+name] = append(want[run][q+name], [2]float64{step, v})
		}
		if all := want[run]["network/train_accuracy"]; r.TrainAccuracy != nil && !slices.Contains(all, [2]float64{step, 0.75}) {
			want[run]["network/train_accuracy"] = append(all, [2]float64{step, 0.75})
		}
	}
	for run, tags := range want {
		if len(golden[run]) != len(tags) {
			t.Errorf("%s: TensorBoard found %d tags, %d were written", run, len(golden[run]), len(tags))
		}
		for tag, list := range tags {
			slices.SortFunc(list, func(a, b [2]float64) int { return int(a[0] - b[0]) })
			if !slices.Equal(golden[run][tag], list) { // values are exact in float32
				t.Errorf("%s, %s: TensorBoard found %v, want %v", run, tag, golden[run][tag], list)
			}
		}
	}
}

// records takes an event file apart; the checksums are computed by their
// definition, bit by bit.
func records(t *testing.T, file []byte) [][]byte {
	t.Helper()
	var all [][]byte
	for len(file) > 0 {
		if len(file) < 16 {
			t.Fatalf("%d bytes are no record", len(file))
		}
		n := binary.LittleEndian.Uint64(file)
		if got, want := binary.LittleEndian.Uint32(file[8:]), bitwise(file[:8]); got != want {
			t.Fatalf("checksum of the length %#x, want %#x", got, want)
		}
		data := file[12 : 12+n]
		if got, want := binary.LittleEndian.Uint32(file[12+n:]), bitwise(data); got != want {
			t.Fatalf("checksum of the data %#x, want %#x", got, want)
		}
		all, file = append(all, data), file[16+n:]
	}
	return all
}

// bitwise is the masked CRC-32C by its polynomial, reversed: 0x82f63b78.
func bitwise(b []byte) uint32 {
	c := ^uint32(0)
	for _, x := range b {
		c ^= uint32(x)
		for range 8 {
			c = c>>1 ^ 0x82f63b78*(c&1)
		}
	}
	c = ^c
	return (c>>15 | c<<17) + 0xa282ead8
}

func TestChecksumOfTheStandard(t *testing.T) {
	// RFC 3720, B.4: 32 bytes of zeros have CRC-32C 0x8a9136aa.
	c := uint32(0x8a9136aa)
	if got := masked(make([]byte, 32)); got != (c>>15|c<<17)+0xa282ead8 {
		t.Errorf("masked checksum %#x", got)
	}
}

// TestParseBack reads a file with the library for protocol buffers.
func TestParseBack(t *testing.T) {
	all := records(t, encode([]result.Row{row("mlp", 1, 300, 0.3, 0.25), row("mlp", 1, 0, 0.3, -0.125)}, finished))
	if len(all) != 3 {
		t.Fatalf("%d events, want a version and two epochs", len(all))
	}
	var steps []uint64
	learned := map[uint64]float32{}
	for i, event := range all {
		fields := parse(t, event)
		if at := math.Float64frombits(fields[1][0].number); at != 1700000000.5 {
			t.Errorf("event %d: wall time %f", i, at)
		}
		if i == 0 {
			if v := string(fields[3][0].bytes); v != "brain.Event:2" {
				t.Errorf("version %q", v)
			}
			continue
		}
		step := fields[2][0].number
		steps = append(steps, step)
		for _, v := range parse(t, fields[5][0].bytes)[1] {
			value := parse(t, v.bytes)
			if string(value[1][0].bytes) == "learning/dense1/ridge/gaussian 0.3" {
				learned[step] = math.Float32frombits(uint32(value[2][0].number))
			}
		}
	}
	if !slices.Equal(steps, []uint64{0, 300}) || learned[0] != -0.125 || learned[300] != 0.25 {
		t.Errorf("steps %v, learning %v", steps, learned)
	}
}

type field struct {
	number uint64
	bytes  []byte
}

func parse(t *testing.T, b []byte) map[protowire.Number][]field {
	t.Helper()
	out := map[protowire.Number][]field{}
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		b = b[n:]
		var f field
		switch kind {
		case protowire.VarintType:
			f.number, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			f.number, n = protowire.ConsumeFixed64(b)
		case protowire.Fixed32Type:
			var v uint32
			v, n = protowire.ConsumeFixed32(b)
			f.number = uint64(v)
		case protowire.BytesType:
			f.bytes, n = protowire.ConsumeBytes(b)
		default:
			t.Fatalf("wire type %d", kind)
		}
		if n < 0 {
			t.Fatal(protowire.ParseError(n))
		}
		out[number], b = append(out[number], f), b[n:]
	}
	return out
}

// Two runs drawn into one folder stay two; one that is drawn again, measured further
// since, stays one.
func TestRunsStayApart(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{"a", "b", "a"} {
		if _, err := Write(folder, name, []result.Row{row("mlp", 1, 0, 0.3, 0.25)}, finished); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Write(folder, "a", []result.Row{row("mlp", 1, 1, 0.3, 0.25)}, finished.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b"} {
		if files, err := filepath.Glob(filepath.Join(folder, name, "mlp-seed1", "events*")); err != nil || len(files) != 1 {
			t.Errorf("run %s: files %q, %v", name, files, err)
		}
	}
}

func TestBadRows(t *testing.T) {
	folder := t.TempDir()
	if _, err := Write(folder, "run", nil, finished); err == nil {
		t.Error("no rows were written")
	}
	bad := row("mlp", 1, 0, 0.3, 0.25)
	bad.Learning = math.NaN()
	if _, err := Write(folder, "run", []result.Row{bad}, finished); err == nil || !strings.Contains(err.Error(), "learning") {
		t.Errorf("NaN: %v", err)
	}
	if entries, _ := os.ReadDir(folder); len(entries) > 0 {
		t.Errorf("%v were written all the same", entries)
	}
	// Names do not lead out of the folder, and two networks do not share a file.
	paths, err := Write(folder, "../run", []result.Row{row("../../x", 1, 0, 0.3, 0.25), row("..:..:x", 1, 0, 0.3, 0.25), row(strings.Repeat("ä", 200), 1, 0, 0.3, 0.25)}, finished)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, p := range paths {
		if rel, err := filepath.Rel(folder, p); err != nil || strings.HasPrefix(rel, "..") || seen[p] {
			t.Errorf("written to %s", p)
		}
		seen[p] = true
	}
}
