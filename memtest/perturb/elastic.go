package perturb

import (
	"math"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// elastic bends the picture: every pixel of the copy is looked up at a place
// displaced by a smooth random field. The field is a cubic B-spline over a grid
// of independent normal displacements (the free-form deformation of Rueckert et
// al. 1999), which needs about a hundred draws for a picture of 28×28 where
// smoothing white noise (Simard et al. 2003) needs two a pixel.
func elastic() []Kind {
	return []Kind{{
		name: "elastic", unit: "pixels, root mean square displacement", max: func(s datasets.Shape) float64 { return longSide(s) / 2 },
		levels: []float64{0, 0.5, 1, 2}, kinds: onlyImages, moves: true,
		about: "bends the picture by a smooth random field with waves of about half its side",
		at:    elasticAt,
	}}
}

func elasticAt(level float64, s datasets.Shape) Copy {
	across, down := newSpline(s.Width), newSpline(s.Height)
	// The mean over the picture of the variance of one axis at unit draws is the
	// product of the two mean sums of squared weights; there are two axes.
	amount := level / math.Sqrt(2*across.energy*down.energy)
	grid := make([]float64, 2*across.knots*down.knots)
	row := make([]float64, 2*across.knots)
	return func(dst, src []float32, r *rand.Rand) {
		for i := range grid {
			grid[i] = amount * r.NormFloat64()
		}
		for y := range s.Height {
			clear(row)
			for k, w := range down.weights[y] {
				line := grid[(down.first[y]+k)*len(row):][:len(row)]
				for i, g := range line {
					row[i] += w * g
				}
			}
			for x := range s.Width {
				var dx, dy float64
				for k, w := range across.weights[x] {
					g := 2 * (across.first[x] + k)
					dx += w * row[g]
					dy += w * row[g+1]
				}
				at := (y*s.Width + x) * s.Channels
				lookUp(dst[at:at+s.Channels], src, s, float64(x)+dx, float64(y)+dy)
			}
		}
	}
}

// spline is the cubic B-spline basis along one side of n pixels: pixel i is the
// sum of the four knots from first[i] on with weights[i], which add up to 1.
type spline struct {
	knots   int
	first   []int
	weights [][4]float64
	energy  float64 // mean over pixels of the sum of squared weights
}

func newSpline(n int) spline {
	spacing := max(2, float64(n)/4)
	b := spline{first: make([]int, n), weights: make([][4]float64, n)}
	for i := range n {
		at := float64(i) / spacing
		k := math.Floor(at)
		t := at - k
		w := [4]float64{(1 - t) * (1 - t) * (1 - t) / 6, (3*t*t*t - 6*t*t + 4) / 6, (-3*t*t*t + 3*t*t + 3*t + 1) / 6, t * t * t / 6}
		b.first[i], b.weights[i] = int(k), w
		for _, v := range w {
			b.energy += v * v / float64(n)
		}
	}
	b.knots = b.first[n-1] + 4
	return b
}
