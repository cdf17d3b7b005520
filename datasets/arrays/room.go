package arrays

import "github.com/seed-1a417598/memtest/datasets/memory"

// little is what is taken without asking, in bytes.
const little = 4 << 20

// enough is memory.Enough for what is worth asking for.
func enough(bytes float64, what string) error {
	if bytes <= little {
		return nil
	}
	return memory.Enough(bytes, what)
}
