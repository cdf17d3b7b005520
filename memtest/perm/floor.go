package perm

import "math"

// Floor is the smallest p-value that a one-sided test by b permutations can give,
// 1/(b + 1): the observed labeling is counted in.
func Floor(b int) float64 { return 1 / float64(b+1) }

// LeastPermutations is how many permutations can reach a level, the least b with
// 1/(b + 1) ≤ level: 19 for 0.05. The level lies in (0, 1).
func LeastPermutations(level float64) int { return int(math.Ceil(1/level-1e-9)) - 1 }
