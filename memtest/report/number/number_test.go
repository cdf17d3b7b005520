package number

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

func TestNumbers(t *testing.T) {
	half := 0.5
	for _, c := range []struct{ got, want string }{
		{Share(0.1234), "0.123"}, {Share(1), "1.000"}, {Share(-2.3456), "-2.346"},
		{Deviation(0.00456), "0.0046"}, {Fixed(2.345, 2), "2.35"}, {Fixed(4195, 0), "4195"},
		{Signed(0.5), "+0.500"}, {Signed(-0.5), "−0.500"}, {Signed(-0.0001), "0.000"}, {Signed(0.0004), "0.000"},
		{Estimate(0.5), "0.500"}, {Estimate(-0.012), "−0.012"}, {Estimate(-0.0001), "0.000"},
		{Difference(0.5), "+0.500"}, {Difference(-0.5), "−0.500"}, {Difference(-0.0001), "0.000"}, {Difference(0.0004), "+0.000"},
		{Plus(0.5, 3), "+0.500"}, {Plus(-0.12345, 4), "-0.1235"}, {Plus(0, 3), "+0.000"}, {Plus(math.Inf(1), 3), "+Inf"},
		{OrNone(nil, Share), None}, {OrNone(&half, Share), "0.500"},
		{Score(1234.5), "1234"}, {Score(-0.04), "−0.0"}, {Score(99.94), "99.9"}, {Score(99.95), "100"},
		{Exact(-0.5), "-0.5"}, {Exact(1e-5), "1e-05"}, {Level(-0.5), "−0.5"}, {Level(0.3), "0.3"}, {Level(0.00001), "1e−05"},
		{Digits(0.123456, 4), "0.1235"}, {Digits(-12, 4), "−12"}, {Typeset("-1e-05"), "−1e-05"},
		{Count(0), "0"}, {Count(999), "999"}, {Count(1000), "1,000"}, {Count(1234567), "1,234,567"}, {Count(-1234), "-1,234"}, {Count(-123), "-123"},
		{Percent(0.844), "84%"}, {Percent(0), "0%"}, {Percent(1), "100%"}, {Percent(0.997), "99.7%"}, {Percent(0.99996), "over 99.9%"}, {Percent(0.002), "0.2%"}, {Percent(0.00001), "under 0.1%"}, {Percent(1.3), "130%"},
		{Epoch(-1), None}, {Epoch(0), "0"}, {Epoch(20), "20"},
		{Value(9999), "9999"}, {Value(20000), "20,000"}, {Value(20000.5), "20000.5"}, {Value(0.25), "0.25"}, {Value(1 << 53), "9.007199254740992e+15"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// A p-value that reads as 0 would say more than any number of permutations can.
func TestPIsNeverPrintedAsZero(t *testing.T) {
	for p := 1.0; p > 1e-300; p *= 0.83 {
		s := P(p)
		back, err := strconv.ParseFloat(s, 64)
		if err != nil || back <= 0 {
			t.Fatalf("p = %g prints as %s", p, s)
		}
		if p >= 0.001 && math.Abs(back-p) > 0.0005*(1+1e-9) || p < 0.001 && math.Abs(back-p) > 0.05*p*(1+1e-9) {
			t.Errorf("p = %g prints as %s", p, s)
		}
	}
	for _, c := range []struct {
		p    float64
		want string
	}{
		{1, "1.000"}, {0.25, "0.250"}, {0.005, "0.005"}, {0.001, "0.001"}, {0.0005, "0.0005"}, {0.0004, "0.0004"}, {1.0 / 10001, "0.0001"}, {1e-7, "1e-07"},
		{0, None}, {-1e-10, None}, {math.NaN(), None},
	} {
		if got := P(c.p); got != c.want {
			t.Errorf("p = %g prints as %s, want %s", c.p, got, c.want)
		}
	}
}

func TestNumbersThatStandTogether(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   string
	}{
		{[]float64{0, 1, 2}, "0 1 2"},
		{[]float64{0.5, 0.25, -0.0625}, "0.500 0.250 -0.062"}, // 0.0625 lies between and goes to the even digit
		{[]float64{12.345, 1}, "12.3 1.0"},
		{[]float64{0.012345, 0.5e-3}, "0.0123 0.0005"},
		{[]float64{12000, 91000}, "12,000 91,000"},
		{[]float64{0.5e-12, 0}, "0.000000000 0.000000000"},
	} {
		print := Alike(c.values)
		var all []string
		for _, v := range c.values {
			all = append(all, print(v))
		}
		if got := strings.Join(all, " "); got != c.want {
			t.Errorf("%g print as %s, want %s", c.values, got, c.want)
		}
	}
	if got := strings.Join(Ticks([]float64{-0.2, 0, 0.25, 3 * 0.1}), " "); got != "−0.20 0.00 0.25 0.30" {
		t.Errorf("ticks %s", got)
	}
}

func TestTick(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.25: "0.25", -0.5: "−0.5", 2048: "2048", 10000: "10k", 16384: "16384", 1048576: "1048576", 1e6: "1M", 2.5e9: "2.5G"} {
		if got := Tick(v); got != want {
			t.Errorf("%g is %s, want %s", v, got, want)
		}
	}
}
