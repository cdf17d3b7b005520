package perm_test

import (
	"fmt"
	"math"

	"github.com/seed-1a417598/memtest/memtest/perm"
)

// exampleZoo is two strata of 36 networks, of three widths, with noise.
// Measure 0 follows the gap, measure 1 the width only, measure 2 neither.
func exampleZoo() perm.Zoo {
	z := perm.Zoo{Measures: make([][]float64, 3), Factors: make([][]string, 1)}
	for i := range 72 {
		width := i % 3
		noise := math.Mod(float64(i)*0.618, 1) // evenly spread over 0..1
		z.Stratum = append(z.Stratum, []string{"mnist/mlp", "mnist/cnn"}[i/36])
		z.Factors[0] = append(z.Factors[0], fmt.Sprint(64<<width))
		gap := 0.1*float64(width) + 0.2*noise
		z.Gap = append(z.Gap, gap)
		z.Measures[0] = append(z.Measures[0], gap+0.05*math.Mod(float64(i)*0.414, 1))
		z.Measures[1] = append(z.Measures[1], float64(width))
		z.Measures[2] = append(z.Measures[2], math.Mod(float64(i)*0.732, 1))
	}
	return z
}

// Which of three measures goes with the generalization gap, and which is more than a
// hyperparameter in disguise?
func ExampleZoo() {
	z := exampleZoo()
	if err := z.Check(); err != nil {
		fmt.Println(err)
		return
	}
	p, adjusted, err := z.Adjusted(999, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(z.Strata())
	for m := range z.Measures {
		byStratum, mean, err := z.Taus(m)
		if err != nil {
			fmt.Println(err)
			return
		}
		score, where, err := z.ConditionalMutualInformation(m)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("measure %d: tau %.2f, mean %.2f; p %.3f, adjusted %.3f\n", m, byStratum, mean, p[m], adjusted[m])
		fmt.Printf("  information %.2f; %s: %.2f given factors %v\n", score, where[0].Stratum, where[0].Score, where[0].Given)
	}
	// Output:
	// [mnist/mlp mnist/cnn]
	// measure 0: tau [0.92 0.90], mean 0.91; p 0.002, adjusted 0.002
	//   information 0.62; mnist/mlp: 0.65 given factors [0]
	// measure 1: tau [0.66 0.64], mean 0.65; p 0.002, adjusted 0.002
	//   information 0.00; mnist/mlp: 0.00 given factors [0]
	// measure 2: tau [-0.05 0.03], mean -0.01; p 0.922, adjusted 0.922
	//   information 0.00; mnist/mlp: 0.00 given factors []
}

// The measure that looks best in one half is asked of the other half.
func ExampleZoo_Halves() {
	z := exampleZoo()
	found, err := z.Halves(1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range found {
		fmt.Printf("measure %d: tau %.2f where it was chosen, %.2f (%.2f to %.2f) in the other half\n",
			c.Measure, c.Chosen, c.Confirmed.Estimate, c.Confirmed.Low, c.Confirmed.High)
	}
	byStratum, mean, err := z.Bootstrap(2, 2000, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("measure 2: %.2f to %.2f in %d strata, %.2f to %.2f in %s\n", mean.Low, mean.High, len(byStratum), byStratum[0].Low, byStratum[0].High, z.Strata()[0])
	// Output:
	// measure 0: tau 0.89 where it was chosen, 0.96 (0.90 to 1.00) in the other half
	// measure 0: tau 0.96 where it was chosen, 0.89 (0.80 to 0.96) in the other half
	// measure 2: -0.20 to 0.16 in 2 strata, -0.34 to 0.23 in mnist/mlp
}

func ExampleKendallTau() {
	tau, err := perm.KendallTau([]float64{1, 2, 2, 3}, []float64{1, 2, 4, 3})
	fmt.Printf("%.4f %v\n", tau, err)
	_, err = perm.KendallTau([]float64{1, 2, 3}, []float64{7, 7, 7})
	fmt.Println(err)
	// Output:
	// 0.5477 <nil>
	// Kendall's tau: all 3 values of side 1 are 7, so no pair is ordered; leave such values out
}
