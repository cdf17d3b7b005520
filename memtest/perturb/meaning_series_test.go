package perturb

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
)

// What a level means for series.

// lines are n series of so many steps in two channels, the step and 100 + twice the step.
func lines(n, steps int) *datasets.Set {
	s := &datasets.Set{Name: "lines", Shape: datasets.Shape{Height: steps + 2, Width: 1, Channels: 2, Kind: datasets.Series}, Classes: []string{"a", "b"}}
	for i := range n {
		row := make([]float32, s.Shape.RowSize())
		for step := range steps {
			row[2*step], row[2*step+1] = float32(step), float32(100+2*step)
		}
		row[s.Shape.Size()] = float32(steps)
		s.X, s.Y = append(s.X, row...), append(s.Y, int32(i%2))
	}
	return s
}

// channel is one channel of example i.
func channel(set *datasets.Set, i, c int) []float32 {
	var values []float32
	for step := range slices.Chunk(realSteps(set, i), set.Shape.Channels) {
		values = append(values, step[c])
	}
	return values
}

// golden is what NumPy and SciPy say; testdata/golden.py wrote it.
type golden struct {
	Interp  []struct{ Values, Times, Want []float64 }
	Moments struct {
		Series   [][][]float64
		Mean, SD []float64
	}
	Warp []struct {
		Waves      [warpWaves]float64
		Time, Want float64
	}
}

func readGolden(t *testing.T) (g golden) {
	t.Helper()
	data, err := os.ReadFile("testdata/golden.json")
	if err == nil {
		err = json.Unmarshal(data, &g)
	}
	if err != nil || len(g.Interp) == 0 || len(g.Warp) == 0 {
		t.Fatalf("golden.json: %v", err)
	}
	return g
}

// Values between steps are those of numpy.interp.
func TestStepsAreLookedUpAsNumPyDoes(t *testing.T) {
	for _, g := range readGolden(t).Interp {
		n := len(g.Values)
		s := datasets.Shape{Height: n, Width: 1, Channels: 1, Kind: datasets.Series}
		src, dst := make([]float32, n+1), make([]float32, n+1)
		for i, v := range g.Values {
			src[i] = float32(v)
		}
		src[n] = float32(n)
		retimed(s, func(*rand.Rand, int) func(int) float64 { return func(step int) float64 { return g.Times[step] } })(dst, src, nil)
		for i, want := range g.Want {
			near(t, "value between steps", float64(dst[i]), want, 1e-6)
		}
	}
}

// Moments of channels are those of NumPy over all steps, and of no padding.
func TestChannelMoments(t *testing.T) {
	g := readGolden(t).Moments
	set := &datasets.Set{Shape: datasets.Shape{Height: 6, Width: 1, Channels: 2, Kind: datasets.Series}}
	for _, series := range g.Series {
		row := make([]float32, set.Shape.RowSize())
		for step, values := range series {
			row[2*step], row[2*step+1] = float32(values[0]), float32(values[1])
		}
		row[set.Shape.Size()] = float32(len(series))
		set.X, set.Y = append(set.X, row...), append(set.Y, 0)
	}
	mean, sd := channelMoments(withGarbage(set))
	for c := range 2 {
		near(t, "mean of a channel", mean[c], g.Mean[c], 1e-6)
		near(t, "sd of a channel", sd[c], g.SD[c], 1e-6)
	}
}

func TestJitterFollowsTheChannels(t *testing.T) {
	set := curves()
	_, sd := channelMoments(set)
	diff := make([][]float32, 3)
	for seed := range uint64(30) {
		got := copies(t, set, mustParse(t, "jitter"), 0.5, seed)
		for i := range set.Len() {
			for c := range 3 {
				was, is := channel(set, i, c), channel(got, i, c)
				for step := range was {
					diff[c] = append(diff[c], is[step]-was[step])
				}
			}
		}
	}
	for c := range 2 { // about 33,000 values: standard error of an sd 0.4 %
		mean, added := moments(diff[c])
		near(t, "mean of jitter", mean/sd[c], 0, 0.012)
		near(t, "sd of jitter", added/sd[c], 0.5, 0.008)
	}
	if slices.Max(diff[2]) != 0 || slices.Min(diff[2]) != 0 {
		t.Error("a constant channel was jittered")
	}
}

// Each channel of each example has one factor, normal about 1.
func TestScaling(t *testing.T) {
	set := lines(3000, 4)
	got := copies(t, set, mustParse(t, "scaling"), 0.2, 1)
	var factors [2][]float32
	product := 0.0
	for i := range set.Len() {
		for c := range 2 {
			was, is := channel(set, i, c), channel(got, i, c)
			f := is[3] / was[3]
			for step := range was {
				near(t, "value of a scaled channel", float64(is[step]), float64(f*was[step]), 1e-4)
			}
			factors[c] = append(factors[c], f)
		}
		product += float64(factors[0][i]-1) * float64(factors[1][i]-1) / float64(set.Len())
	}
	for c := range 2 { // standard errors: 0.0037 and 0.0026
		mean, sd := moments(factors[c])
		near(t, "mean factor", mean, 1, 0.015)
		near(t, "sd of factors", sd, 0.2, 0.01)
	}
	near(t, "covariance of two channels", product, 0, 0.003) // standard error 0.0007
}

func TestTimeShift(t *testing.T) {
	set := lines(400, 5)
	for level, want := range map[float64][2][]float32{
		2:    {{2, 3, 4, 4, 4}, {0, 0, 0, 1, 2}},
		0.5:  {{0.5, 1.5, 2.5, 3.5, 4}, {0, 0.5, 1.5, 2.5, 3.5}},
		7:    {{4, 4, 4, 4, 4}, {0, 0, 0, 0, 0}},
		1.25: {{1.25, 2.25, 3.25, 4, 4}, {0, 0, 0.75, 1.75, 2.75}},
	} {
		earlier := 0
		got := copies(t, set, mustParse(t, "time-shift"), level, 1)
		for i := range got.Len() {
			steps := channel(got, i, 0)
			if slices.Equal(steps, want[0]) {
				earlier++
			} else if !slices.Equal(steps, want[1]) {
				t.Fatalf("level %v: 0..4 became %v", level, steps)
			}
			for step, v := range channel(got, i, 1) {
				near(t, "the other channel", float64(v), float64(100+2*steps[step]), 1e-4)
			}
		}
		binomial(t, "series that come earlier", earlier, 400, 0.5)
	}
}

// The time of a warp is the integral of its speed, by SciPy.
func TestWarpedTime(t *testing.T) {
	for _, g := range readGolden(t).Warp {
		near(t, "warped time", warped(g.Waves, g.Time), g.Want, 1e-10)
	}
}

// A line shows the time that a warp looks up: it goes forwards from end to end, at a speed
// within 1 ± level that reaches far into that range; and is as often early as late.
func TestTimeWarp(t *testing.T) {
	const steps = 65
	set := lines(500, steps)
	for _, level := range []float64{0.1, 0.4, 1} {
		got := copies(t, set, mustParse(t, "time-warp"), level, 1)
		early, fastest := 0, 0.0
		for i := range got.Len() {
			times := channel(got, i, 0)
			near(t, "first time", float64(times[0]), 0, 1e-5)
			near(t, "last time", float64(times[steps-1]), steps-1, 1e-5)
			most := 0.0
			for step := 1; step < steps; step++ {
				speed := float64(times[step] - times[step-1])
				if most = max(most, math.Abs(speed-1)); speed < -1e-5 || most > level+1e-5 {
					t.Fatalf("level %v: the speed of example %d is %v", level, i, speed)
				}
			}
			fastest += most / 500
			if times[steps/2] > steps/2 {
				early++
			}
		}
		if fastest < 0.6*level {
			t.Errorf("level %v: the speed changes by %v at most, on average", level, fastest)
		}
		binomial(t, "examples that are early in the middle", early, 500, 0.5)
	}
	// Draws are shared: places move twice as far at twice the level.
	low, high := copies(t, set, mustParse(t, "time-warp"), 0.2, 1), copies(t, set, mustParse(t, "time-warp"), 0.4, 1)
	for i := range 20 {
		a, b := channel(low, i, 0), channel(high, i, 0)
		for step := range a {
			near(t, "place at twice the level", float64(b[step])-float64(step), 2*(float64(a[step])-float64(step)), 1e-4)
		}
	}
}

// Windows are those of token-crop, of whole steps.
func TestWindowCrop(t *testing.T) {
	first := make([]int, 6)
	got := copies(t, lines(2000, 20), mustParse(t, "window-crop"), 0.25, 1)
	for i := range got.Len() {
		a, b := channel(got, i, 0), channel(got, i, 1)
		if len(a) != 15 {
			t.Fatalf("%d of 20 steps are left", len(a))
		}
		for step := range a {
			if a[step] != a[0]+float32(step) || b[step] != 100+2*a[step] {
				t.Fatalf("%v and %v are no window", a, b)
			}
		}
		first[int(a[0])]++
	}
	likely(t, "first step of the window", first, alike(6))
}

// Of two channels none goes with probability (1−p)², and otherwise either one, which
// becomes its mean over the training set.
func TestChannelDropout(t *testing.T) {
	set := lines(5000, 3) // means 1 and 102
	got := copies(t, set, mustParse(t, "channel-dropout"), 0.4, 1)
	outcomes := make([]int, 3)
	for i := range got.Len() {
		switch row := realSteps(got, i); {
		case slices.Equal(row, []float32{1, 100, 1, 102, 1, 104}):
			outcomes[0]++
		case slices.Equal(row, []float32{0, 102, 1, 102, 2, 102}):
			outcomes[1]++
		case slices.Equal(row, realSteps(set, i)):
			outcomes[2]++
		default:
			t.Fatalf("copy %v", row)
		}
	}
	likely(t, "channels that go", outcomes, []float64{0.32, 0.32, 0.36})
	single := datasets.Shape{Height: 9, Width: 1, Channels: 1, Kind: datasets.Series}
	err := mustParse(t, "channel-dropout").Check(0.1, single)
	if err == nil || !contains(err.Error(), "is for series of at least 2 channels, but examples are series, 9 steps × 1 channel; choose one of gaussian") || contains(err.Error(), "channel-dropout,") {
		t.Errorf("a single channel: %v", err)
	}
}

// In units of a spread that no channel has nothing would be added.
func TestJitterNeedsASpread(t *testing.T) {
	set := &datasets.Set{Name: "flat", Shape: datasets.Shape{Height: 2, Width: 1, Channels: 1, Kind: datasets.Series}, Classes: []string{"a", "b"}, X: []float32{3, 3, 2, 3, 3, 2}, Y: []int32{0, 1}}
	if _, err := Copies(set, mustParse(t, "jitter"), 0.1, 1); err == nil || !strings.Contains(err.Error(), "every channel is constant") {
		t.Errorf("constant series: %v", err)
	}
}
