package oracle

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Example is what examples.csv says of one example.
type Example struct{ Memorization, SE float64 }

// Examples are those of a cell, by definition: hit less chance within the class and
// group of the parent in each shuffled set, its mean and the standard error of that.
func (c Cell) Examples() (all []Example) {
	for _, d := range c.recalled(Strata(c.Sets[0], c.Groups, c.Classes)) {
		all = append(all, Example{meanOf(d), deviation(d) / math.Sqrt(float64(len(d)))})
	}
	return all
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
	all, own := c.within(c.Groups), c.own()
	f["memorization_own"], f["memorization_class"] = meanOf(own.sets), meanOf(all.sets)-meanOf(own.sets)
	f["memorization_own_se"] = own.se()
	f["memorization_own_p"] = c.memorizationP(Strata(c.Sets[0], c.Groups, c.Classes), "reshuffle within class")
}

// parted is a quantity by image [n] and by label set [B].
type parted struct{ images, sets []float64 }

// byImage are the parts of the images of T_b and of c_b, both [B+1][n]. Their means
// over the images are T_b and c_b; where these are no means, the part of an image is
// the statistic plus the image's influence on it.
func (c Cell) byImage() (parts, chance [][]float64) {
	if c.Values != nil {
		return c.Parts, c.ChanceParts
	}
	blocks := blocksOf(c.Groups, len(c.Sets[0]))
	for b, labels := range c.Sets {
		if c.Metric == Accuracy {
			parts, chance = append(parts, hitsOf(c.Predicted[b], labels)), append(chance, pairedAtRandom(c.Predicted[b], labels, blocks))
			continue
		}
		_, mean := counted(c.Metric, c.Predicted[b], labels, blocks, c.Classes)
		parts, chance = append(parts, balancedParts(c.Predicted[b], labels, blocks, c.Classes)), append(chance, repeated(mean, len(labels)))
	}
	return parts, chance
}

// balancedParts are those of the mean of the classes' recall r_k: each hit of class
// k moves r_k by 1/n_k, and each label k by −r_k/n_k.
func balancedParts(predicted, labels []int, blocks [][]int, classes int) []float64 {
	all := blocksOf(nil, len(labels))[0]
	value, _ := counted(Balanced, predicted, labels, blocks, classes)
	present := 0.0
	for k := range classes {
		if share(labels, all, k) > 0 {
			present++
		}
	}
	out := hitsOf(predicted, labels)
	for i, y := range labels {
		own, _, _ := recall(predicted, labels, blocks, y)
		out[i] = value + (out[i]-own)/share(labels, all, y)/present
	}
	return out
}

// ScoredParts are the parts of the images of Scored, and of its chance, [n]. Those
// of the area under the curve of a class go by DeLong, DeLong and Clarke-Pearson
// (1988): the share of pairs that the image wins, less the area, times n over the
// number of images of its kind.
func ScoredParts(metric string, scores [][]float64, labels, groups []int) (parts, chance []float64) {
	n := len(labels)
	if metric == AUC {
		return areaParts(scores, labels), repeated(ScoredChance(metric, scores, labels, groups), n)
	}
	chance = make([]float64, n)
	for _, block := range blocksOf(groups, n) {
		for _, i := range block {
			for _, j := range block {
				chance[i] += scores[i][labels[j]] / float64(len(block))
			}
		}
	}
	for i, y := range labels {
		parts = append(parts, scores[i][y])
	}
	return parts, chance
}

func areaParts(scores [][]float64, labels []int) []float64 {
	n := float64(len(labels))
	area := Scored(AUC, scores, labels)
	out, counted := make([]float64, len(labels)), 0.0
	for k := range scores[0] {
		var own, others []int
		for i, y := range labels {
			if y == k {
				own = append(own, i)
			} else {
				others = append(others, i)
			}
		}
		if len(own) == 0 || len(others) == 0 {
			continue
		}
		counted++
		p, q := float64(len(own)), float64(len(others))
		class := pairsWon(scores, k, own, others) / p / q
		for _, i := range own {
			out[i] += (pairsWon(scores, k, []int{i}, others)/q - class) * n / p
		}
		for _, j := range others {
			out[j] += (pairsWon(scores, k, own, []int{j})/p - class) * n / q
		}
	}
	for i := range out {
		out[i] = area + out[i]/counted
	}
	return out
}

func repeated(value float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = value
	}
	return out
}

// effects are learning and memorization by the metric.
func (c Cell) effects() (learned, remembered parted) {
	parts, chance := c.byImage()
	values, expected := c.statistics()
	sets := float64(len(parts) - 1)
	learned.images, remembered.images = append([]float64{}, parts[0]...), make([]float64, len(parts[0]))
	for b := 1; b < len(parts); b++ {
		for i := range parts[b] {
			learned.images[i] -= parts[b][i] / sets
			remembered.images[i] += (parts[b][i] - chance[b][i]) / sets
		}
		learned.sets, remembered.sets = append(learned.sets, -values[b]), append(remembered.sets, values[b]-expected[b])
	}
	return learned, remembered
}

// within is memorization of hits, hit less chance within groups.
func (c Cell) within(groups []int) (p parted) {
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
func (c Cell) own() parted { return c.within(Strata(c.Sets[0], c.Groups, c.Classes)) }

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

// overImages adds standard errors and 95 % intervals over images, and standard
// errors over label sets alone.
func (c Cell) overImages(f Fields) {
	learned, remembered := c.effects()
	for name, p := range map[string]parted{"learning": learned, "memorization": remembered} {
		_, sets := p.variances()
		f[name+"_se"], f[name+"_sets_se"] = p.se(), math.Sqrt(sets)
		f[name+"_low"], f[name+"_high"] = f[name]-p.half(), f[name]+p.half()
	}
}

// Difference is how much more a cell shows than another of the same images and
// label sets: learning by the metric, the own part of memorization of hits.
func (c Cell) Difference(reference Cell) Fields {
	a, _ := c.effects()
	b, _ := reference.effects()
	values, _ := c.statistics()
	others, _ := reference.statistics()
	learning := values[0] - meanOf(values[1:]) - others[0] + meanOf(others[1:])
	own := c.own().minus(reference.own())
	return Fields{"learning": learning, "learning_se": a.minus(b).se(), "memorization_own": meanOf(own.images), "memorization_own_se": own.se()}
}
