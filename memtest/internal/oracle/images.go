package oracle

import "math"

// normal975 is the 0.975 quantile of the normal distribution.
const normal975 = 1.959963984540054

// Example is what examples.csv says of one example.
type Example struct{ Memorization, SE float64 }

// Examples are those of a cell, by definition: hit less chance in each shuffled
// set, its mean and the standard error of that.
func (c Cell) Examples() []Example {
	var out []Example
	for _, d := range c.recalled(c.Groups) {
		out = append(out, Example{meanOf(d), deviation(d) / math.Sqrt(float64(len(d)))})
	}
	return out
}

// recalled is hit less chance within groups, [n][B].
func (c Cell) recalled(groups []int) [][]float64 {
	blocks := blocksOf(groups, len(c.Sets[0]))
	out := make([][]float64, len(c.Sets[0]))
	for b := 1; b < len(c.Sets); b++ {
		hit, chance := hitsOf(c.Predicted[b], c.Sets[b]), pairedAtRandom(c.Predicted[b], c.Sets[b], blocks)
		for i := range out {
			out[i] = append(out[i], hit[i]-chance[i])
		}
	}
	return out
}

// Strata are the blocks of the true class within each group.
func Strata(labels, groups []int, classes int) []int {
	out := make([]int, len(labels))
	for i, y := range labels {
		out[i] = y
		if groups != nil {
			out[i] += classes * groups[i]
		}
	}
	return out
}

// parts adds the two parts of memorization of hits. With c'_b the chance of hits
// where labels are dealt out anew within the class and group of the parent, they
// are the mean of c'_b − c_b and that of T_b − c'_b.
func (c Cell) parts(f Fields) {
	strata := Strata(c.Sets[0], c.Groups, c.Classes)
	var all, own []float64
	for _, d := range c.recalled(c.Groups) {
		all = append(all, meanOf(d))
	}
	within := c.recalled(strata)
	for _, d := range within {
		own = append(own, meanOf(d))
	}
	f["memorization_own"], f["memorization_class"] = meanOf(own), meanOf(all)-meanOf(own)
	f["memorization_own_se"] = standardError(own, meanOfEach(within))
	f["memorization_own_p"] = c.memorizationP(strata, "reshuffle")
}

// standardError is the error over images and label sets: the root of the variance
// of the images' values over n and that of the sets' over B.
func standardError(images, sets []float64) float64 {
	i, b := deviation(images), deviation(sets)
	return math.Sqrt(i*i/float64(len(images)) + b*b/float64(len(sets)))
}

// meanOfEach are the means over the rows of [n][B] values, for each set.
func meanOfEach(values [][]float64) []float64 {
	out := make([]float64, len(values[0]))
	for _, row := range values {
		for b, v := range row {
			out[b] += v / float64(len(values))
		}
	}
	return out
}

// learned is the hit of the real set less the mean hit of the shuffled ones, for
// each image, and the accuracies of the shuffled sets.
func (c Cell) learned() (images, sets []float64) {
	images = hitsOf(c.Predicted[0], c.Sets[0])
	b := float64(len(c.Sets) - 1)
	for s := 1; s < len(c.Sets); s++ {
		hits := hitsOf(c.Predicted[s], c.Sets[s])
		for i, h := range hits {
			images[i] -= h / b
		}
		sets = append(sets, meanOf(hits))
	}
	return images, sets
}

// overImages adds standard errors and 95 % intervals over images.
func (c Cell) overImages(f Fields) {
	interval := func(name string, se float64) {
		f[name+"_se"] = se
		f[name+"_low"], f[name+"_high"] = f[name]-normal975*se, f[name]+normal975*se
	}
	interval("learning", standardError(c.learned()))
	recalled := c.recalled(c.Groups)
	var images []float64
	for _, d := range recalled {
		images = append(images, meanOf(d))
	}
	interval("memorization", standardError(images, meanOfEach(recalled)))
}
