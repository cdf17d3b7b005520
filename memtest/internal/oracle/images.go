package oracle

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Example is what examples.csv says of one example.
type Example struct{ Memorization, SE float64 }

// Examples are those of a cell, by definition: hit less chance in each shuffled
// set, its mean and the standard error of that. Where own is true, chance is that
// within the class of the parent.
func (c Cell) Examples(own bool) []Example {
	groups := c.Groups
	if own {
		groups = Strata(c.Sets[0], c.Groups, c.Classes)
	}
	var out []Example
	for _, d := range c.recalled(groups) {
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
	all, own := c.remembered(c.Groups), c.own()
	f["memorization_own"], f["memorization_class"] = meanOf(own.sets), meanOf(all.sets)-meanOf(own.sets)
	f["memorization_own_se"] = own.se()
	f["memorization_own_p"] = c.memorizationP(Strata(c.Sets[0], c.Groups, c.Classes), "reshuffle within class")
}

// parted is a quantity by image [n] and by label set [B].
type parted struct{ images, sets []float64 }

// learned is learning: the hit of the real set less the mean hit of the shuffled
// ones, for each image, and −T_b.
func (c Cell) learned() parted {
	p := parted{images: hitsOf(c.Predicted[0], c.Sets[0])}
	b := float64(len(c.Sets) - 1)
	for s := 1; s < len(c.Sets); s++ {
		hits := hitsOf(c.Predicted[s], c.Sets[s])
		for i, h := range hits {
			p.images[i] -= h / b
		}
		p.sets = append(p.sets, -meanOf(hits))
	}
	return p
}

// remembered is memorization, hit less chance within groups.
func (c Cell) remembered(groups []int) (p parted) {
	recalled := c.recalled(groups)
	p.sets = make([]float64, len(recalled[0]))
	for _, d := range recalled {
		p.images = append(p.images, meanOf(d))
		for b, v := range d {
			p.sets[b] += v / float64(len(recalled))
		}
	}
	return p
}

// own is the example's own part of memorization.
func (c Cell) own() parted { return c.remembered(Strata(c.Sets[0], c.Groups, c.Classes)) }

// variances are those of the means over images and over label sets.
func (p parted) variances() (images, sets float64) {
	i, b := deviation(p.images), deviation(p.sets)
	return i * i / float64(len(p.images)), b * b / float64(len(p.sets))
}

// se is the standard error over images and label sets.
func (p parted) se() float64 {
	images, sets := p.variances()
	return math.Sqrt(images + sets)
}

// half is half the width of the 95 % interval: Student's t with the degrees of
// freedom of Welch and Satterthwaite.
func (p parted) half() float64 {
	images, sets := p.variances()
	if images+sets == 0 {
		return 0
	}
	freedom := images*images/float64(len(p.images)-1) + sets*sets/float64(len(p.sets)-1)
	t := distuv.StudentsT{Sigma: 1, Nu: (images + sets) * (images + sets) / freedom}
	return t.Quantile(0.975) * p.se()
}

func (p parted) minus(o parted) (d parted) {
	for i := range p.images {
		d.images = append(d.images, p.images[i]-o.images[i])
	}
	for b := range p.sets {
		d.sets = append(d.sets, p.sets[b]-o.sets[b])
	}
	return d
}

// overImages adds standard errors and 95 % intervals over images.
func (c Cell) overImages(f Fields) {
	for name, p := range map[string]parted{"learning": c.learned(), "memorization": c.remembered(c.Groups)} {
		f[name+"_se"] = p.se()
		f[name+"_low"], f[name+"_high"] = f[name]-p.half(), f[name]+p.half()
	}
}

// Difference is how much more a cell shows than another of the same images and
// label sets.
func (c Cell) Difference(reference Cell) Fields {
	learned, own := c.learned().minus(reference.learned()), c.own().minus(reference.own())
	return Fields{"learning": meanOf(learned.images), "learning_se": learned.se(), "memorization_own": meanOf(own.images), "memorization_own_se": own.se()}
}
