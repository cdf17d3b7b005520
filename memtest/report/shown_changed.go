package report

import "slices"

// mostCompared is up to how many words two texts are compared.
const mostCompared = 512

// changed are the words of a copy, of which those that are not in a longest common
// subsequence with its parent stand between ‹ and ›; an empty pair stands where words of
// the parent were left out and none came in.
func changed(parent, copied []string) []string {
	if max(len(parent), len(copied)) > mostCompared || slices.Equal(parent, copied) {
		return copied
	}
	common := make([][]int, len(parent)+1) // length of the longest one of what follows
	for i := range common {
		common[i] = make([]int, len(copied)+1)
	}
	for i := len(parent) - 1; i >= 0; i-- {
		for j := len(copied) - 1; j >= 0; j-- {
			if common[i][j] = max(common[i+1][j], common[i][j+1]); parent[i] == copied[j] {
				common[i][j] = 1 + common[i+1][j+1]
			}
		}
	}
	return marked(parent, copied, common)
}

// marked walks along both texts: runs of what differs become one mark each.
func marked(parent, copied []string, common [][]int) []string {
	var all, came []string
	gone := false
	flush := func() {
		if gone || len(came) > 0 {
			// Marks hug their words: what stands between words stands within a run too.
			open, last := "‹", "›"
			if len(came) == 0 {
				all = append(all, open+last)
			} else {
				came[0] = open + came[0]
				came[len(came)-1] += last
				all = append(all, came...)
			}
		}
		came, gone = nil, false
	}
	i, j := 0, 0
	for i < len(parent) || j < len(copied) {
		switch {
		case i < len(parent) && j < len(copied) && parent[i] == copied[j] && common[i][j] == 1+common[i+1][j+1]:
			flush()
			all = append(all, copied[j])
			i, j = i+1, j+1
		case j < len(copied) && (i == len(parent) || common[i][j+1] >= common[i+1][j]):
			came = append(came, copied[j])
			j++
		default:
			gone = true
			i++
		}
	}
	flush()
	return all
}
