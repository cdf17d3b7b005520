package datasets

import "math/rand/v2"

// Partners draws, for each example of labels [n], another one of the same label, all
// others of it being as likely: the number of that example. An example that is alone with
// its label is its own partner, and takes no random number.
func Partners(labels []int32, r *rand.Rand) []int32 {
	members := map[int32][]int32{}
	place := make([]int, len(labels)) // of each example among those of its label
	for i, y := range labels {
		place[i] = len(members[y])
		members[y] = append(members[y], int32(i))
	}
	partners := make([]int32, len(labels))
	for i, y := range labels {
		partners[i] = int32(i)
		if of := members[y]; len(of) > 1 {
			j := r.IntN(len(of) - 1)
			if j >= place[i] {
				j++
			}
			partners[i] = of[j]
		}
	}
	return partners
}
