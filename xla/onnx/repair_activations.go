package onnx

import "math"

// formulas say y = f(x) with other operators, for those that the converter lacks.
var formulas = map[string]func(r *graphRepair, x string, a attributes) string{
	"Dropout":     func(_ *graphRepair, x string, _ attributes) string { return x },
	"Elu":         elu,
	"Gelu":        gelu,
	"HardSigmoid": hardSigmoid,
	"HardSwish":   hardSwish,
	"LeakyRelu":   leakyRelu,
	"Sigmoid":     sigmoid,
	"Softplus":    softplus,
}

// sigmoid is 1/(1 + exp(-x)).
func sigmoid(r *graphRepair, x string, _ attributes) string {
	one := r.number(1)
	return r.add("Div", "", one, r.add("Add", "", one, r.add("Exp", "", r.add("Neg", "", x))))
}

// leakyRelu is max(x, 0) + α·min(x, 0).
func leakyRelu(r *graphRepair, x string, a attributes) string {
	zero := r.number(0)
	return r.add("Add", "", r.add("Max", "", x, zero), r.add("Mul", "", r.number(a.float("alpha", 0.01)), r.add("Min", "", x, zero)))
}

// elu is max(x, 0) + α·(exp(min(x, 0)) - 1).
func elu(r *graphRepair, x string, a attributes) string {
	zero := r.number(0)
	rest := r.add("Sub", "", r.add("Exp", "", r.add("Min", "", x, zero)), r.number(1))
	return r.add("Add", "", r.add("Max", "", x, zero), r.add("Mul", "", r.number(a.float("alpha", 1)), rest))
}

// softplus is max(x, 0) + log(1 + exp(-|x|)).
func softplus(r *graphRepair, x string, _ attributes) string {
	tail := r.add("Exp", "", r.add("Neg", "", r.add("Abs", "", x)))
	return r.add("Add", "", r.add("Max", "", x, r.number(0)), r.add("Log", "", r.add("Add", "", r.number(1), tail)))
}

// hardSigmoid is max(0, min(1, αx + β)).
func hardSigmoid(r *graphRepair, x string, a attributes) string {
	return r.ramp(x, a.float("alpha", 0.2), a.float("beta", 0.5))
}

// hardSwish is x·max(0, min(1, x/6 + 1/2)).
func hardSwish(r *graphRepair, x string, _ attributes) string {
	return r.add("Mul", "", x, r.ramp(x, 1.0/6, 0.5))
}

// ramp is max(0, min(1, αx + β)).
func (r *graphRepair) ramp(x string, alpha, beta float64) string {
	line := r.add("Add", "", r.add("Mul", "", r.number(alpha), x), r.number(beta))
	return r.add("Clip", "", line, r.number(0), r.number(1))
}

// gelu is x·Φ(x), with Φ by erf or by the usual tanh.
func gelu(r *graphRepair, x string, a attributes) string {
	var s string
	if a.words["approximate"] == "tanh" { // tanh(√(2/π)·(x + 0.044715 x³))
		cube := r.add("Mul", "", x, r.add("Mul", "", x, x))
		s = r.add("Tanh", "", r.add("Mul", "", r.number(math.Sqrt(2/math.Pi)), r.add("Add", "", x, r.add("Mul", "", r.number(0.044715), cube))))
	} else {
		s = r.add("Erf", "", r.add("Mul", "", x, r.number(math.Sqrt2/2)))
	}
	return r.add("Mul", "", r.add("Mul", "", x, r.number(0.5)), r.add("Add", "", s, r.number(1)))
}
