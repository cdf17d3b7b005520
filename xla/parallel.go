package xla

import "github.com/seed-1a417598/memtest/datasets/parallel"

// Parallel is parallel.For.
func Parallel(n int, task func(i int)) { parallel.For(n, task) }
