package perturb

import (
	"errors"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/seed-1a417598/memtest/datasets"
)

// series changes the values of a series where they are; see timing for what moves them.
func series() []Kind {
	return []Kind{
		{
			name: "jitter", unit: "standard deviations of the channel", max: upTo(maxNoise), levels: []float64{0, 0.1, 0.3, 0.5}, kinds: onlySeries,
			about: "adds independent normal noise to every value, in units of the spread of its channel over the training set; constant channels stay",
			fit: func(set *datasets.Set) (maker, error) {
				_, sd := channelMoments(set)
				if slices.Max(sd) == 0 {
					return nil, errors.New("every channel is constant over the training set, so that copies would all be their parents; choose gaussian or uniform")
				}
				return func(level float64, s datasets.Shape) Copy { return jitter(level, s, sd) }, nil
			},
		},
		{
			name: "scaling", unit: "standard deviation of the factor", max: upTo(maxNoise), levels: []float64{0, 0.1, 0.2, 0.4}, kinds: onlySeries,
			about: "multiplies each channel by a factor of its own, which is normal about 1",
			at:    scaling,
		},
		{
			name: "channel-dropout", unit: "share of channels", max: upTo(1), levels: []float64{0, 0.1, 0.3, 0.5}, kinds: onlySeries, least: 2,
			about: "sets channels, each on its own, to their mean over the training set; at least one stays",
			fit: func(set *datasets.Set) (maker, error) {
				mean, _ := channelMoments(set)
				return func(level float64, s datasets.Shape) Copy { return channelDropout(level, s, mean) }, nil
			},
		},
	}
}

// channelMoments are the mean and the standard deviation, with divisor n, of each channel
// over all steps that the examples have.
func channelMoments(set *datasets.Set) (mean, sd []float64) {
	s := set.Shape
	mean, sd = make([]float64, s.Channels), make([]float64, s.Channels)
	each := func(do func(channel int, v float64)) (steps float64) {
		for row := range slices.Chunk(set.X, s.RowSize()) {
			n := s.Length(row)
			for i, v := range row[:n*s.Channels] {
				do(i%s.Channels, float64(v))
			}
			steps += float64(n)
		}
		return steps
	}
	steps := each(func(c int, v float64) { mean[c] += v })
	for c := range mean {
		mean[c] /= steps
	}
	each(func(c int, v float64) { sd[c] += (v - mean[c]) * (v - mean[c]) })
	for c := range sd {
		sd[c] = math.Sqrt(sd[c] / steps)
	}
	return mean, sd
}

func jitter(level float64, s datasets.Shape, sd []float64) Copy {
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		for i, v := range src[:n*s.Channels] {
			dst[i] = v + float32(level*sd[i%s.Channels]*r.NormFloat64())
		}
		end(dst, n, s)
	}
}

// scaling multiplies channel c by 1 + level·z_c with z_c ~ N(0, 1), as Um et al. (2017) do
// with data of wearable sensors.
func scaling(level float64, s datasets.Shape) Copy {
	factor := make([]float32, s.Channels)
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		for c := range factor {
			factor[c] = float32(1 + level*r.NormFloat64())
		}
		for i, v := range src[:n*s.Channels] {
			dst[i] = v * factor[i%s.Channels]
		}
		end(dst, n, s)
	}
}

// channelDropout leaves the channel that a lower level would keep the longest where all
// others go.
func channelDropout(level float64, s datasets.Shape, mean []float64) Copy {
	draws := make([]float64, s.Channels)
	return func(dst, src []float32, r *rand.Rand) {
		n := s.Length(src)
		for c := range draws {
			draws[c] = unit(r.Uint64())
		}
		stays := slices.Index(draws, slices.Max(draws))
		for i, v := range src[:n*s.Channels] {
			c := i % s.Channels
			if dst[i] = v; draws[c] < level && c != stays {
				dst[i] = float32(mean[c])
			}
		}
		end(dst, n, s)
	}
}
