package perturb

import (
	"math"
	"math/rand/v2"

	"github.com/seed-1a417598/memtest/datasets"
)

// geometry moves the picture in its frame. The size of the motion is always the
// level itself and only its direction is random, so that all copies of a level
// are equally far; except for flip, whose level is the probability that a picture
// is mirrored. What comes from outside the frame is black.
func geometry() []Kind {
	return []Kind{
		{
			name: "shift", unit: "pixels", max: longSide, levels: []float64{0, 1, 2, 4}, kinds: onlyImages, moves: true,
			about: "moves the picture by this distance in a random direction",
			at: func(level float64, s datasets.Shape) Copy {
				return affine(s, func(r *rand.Rand) motion {
					sin, cos := math.Sincos(2 * math.Pi * r.Float64())
					return motion{a: 1, d: 1, dx: level * cos, dy: level * sin}
				})
			},
		},
		{
			name: "rotate", unit: "degrees", max: upTo(180), levels: []float64{0, 5, 15, 30}, kinds: onlyImages, moves: true,
			about: "turns the picture about its centre, left or right at random",
			at: func(level float64, s datasets.Shape) Copy {
				sin, cos := math.Sincos(level * math.Pi / 180)
				return affine(s, func(r *rand.Rand) motion {
					t := sign(r) * sin
					return motion{a: cos, b: t, c: -t, d: cos}
				})
			},
		},
		{
			name: "scale", unit: "share of the size, 0.1 = by a tenth", max: upTo(4), levels: []float64{0, 0.05, 0.15, 0.3}, kinds: onlyImages, moves: true,
			about: "makes the picture larger by the factor 1 + level, or smaller by the same factor, at random",
			at: func(level float64, s datasets.Shape) Copy {
				return affine(s, func(r *rand.Rand) motion {
					f := math.Pow(1+level, sign(r))
					return motion{a: f, d: f}
				})
			},
		},
		{
			name: "shear", unit: "degrees", max: upTo(60), levels: []float64{0, 5, 10, 20}, kinds: onlyImages, moves: true,
			about: "slants the picture sideways or upwards, left or right at random",
			at: func(level float64, s datasets.Shape) Copy {
				slope := math.Tan(level * math.Pi / 180)
				return affine(s, func(r *rand.Rand) motion {
					m := motion{a: 1, d: 1}
					t := sign(r) * slope
					if sign(r) > 0 {
						m.b = t
					} else {
						m.c = t
					}
					return m
				})
			},
		},
		{
			name: "flip", unit: "share of examples", max: upTo(1), levels: []float64{0, 0.25, 0.5, 1}, kinds: onlyImages, moves: true,
			about: "mirrors left and right of this share of the examples",
			at: func(level float64, s datasets.Shape) Copy {
				return func(dst, src []float32, r *rand.Rand) {
					if unit(r.Uint64()) >= level {
						copy(dst, src)
						return
					}
					mirror(dst, src, s)
				}
			},
		},
	}
}

func sign(r *rand.Rand) float64 { return 1 - 2*float64(r.Uint64()>>63) }

func mirror(dst, src []float32, s datasets.Shape) {
	for y := range s.Height {
		for x := range s.Width {
			to, from := (y*s.Width+x)*s.Channels, (y*s.Width+s.Width-1-x)*s.Channels
			copy(dst[to:to+s.Channels], src[from:from+s.Channels])
		}
	}
}

// motion is the map of the copy's coordinates about the centre to those of the
// parent: x = a·x' + b·y' + dx, y = c·x' + d·y' + dy, in pixels.
type motion struct{ a, b, c, d, dx, dy float64 }

// affine draws a motion for each example and looks every pixel of the copy up
// in the parent.
func affine(s datasets.Shape, draw func(*rand.Rand) motion) Copy {
	cx, cy := float64(s.Width-1)/2, float64(s.Height-1)/2
	return func(dst, src []float32, r *rand.Rand) {
		m := draw(r)
		for y := range s.Height {
			v := float64(y) - cy
			for x := range s.Width {
				u := float64(x) - cx
				at := (y*s.Width + x) * s.Channels
				lookUp(dst[at:at+s.Channels], src, s, cx+m.a*u+m.b*v+m.dx, cy+m.c*u+m.d*v+m.dy)
			}
		}
	}
}

// lookUp writes the pixel of src at the place x, y into dst, one value a
// channel: bilinear interpolation between four pixels, those outside black.
func lookUp(dst, src []float32, s datasets.Shape, x, y float64) {
	fx, fy := math.Floor(x), math.Floor(y)
	if !(fx >= -1 && fy >= -1 && fx < float64(s.Width) && fy < float64(s.Height)) {
		clear(dst)
		return
	}
	x0, y0 := int(fx), int(fy)
	p, q := float32(x-fx), float32(y-fy)
	w00, w01, w10, w11 := (1-p)*(1-q), p*(1-q), (1-p)*q, p*q
	row := s.Width * s.Channels
	at := y0*row + x0*s.Channels
	if x0 >= 0 && y0 >= 0 && x0+1 < s.Width && y0+1 < s.Height {
		for c := range dst {
			i := at + c
			dst[c] = w00*src[i] + w01*src[i+s.Channels] + w10*src[i+row] + w11*src[i+row+s.Channels]
		}
		return
	}
	left, right := x0 >= 0, x0+1 < s.Width
	upper, lower := y0 >= 0, y0+1 < s.Height
	for c := range dst {
		i, sum := at+c, float32(0)
		if upper && left {
			sum += w00 * src[i]
		}
		if upper && right {
			sum += w01 * src[i+s.Channels]
		}
		if lower && left {
			sum += w10 * src[i+row]
		}
		if lower && right {
			sum += w11 * src[i+row+s.Channels]
		}
		dst[c] = sum
	}
}
