package report

import (
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/word"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// flagWord is the kind of a flag: "dropped" of "dropped: 12 of 512".
func flagWord(flag string) string {
	word, _, _ := strings.Cut(flag, ":")
	return strings.TrimSpace(word)
}

// meaning explains a kind of flag; a word of another program explains itself.
func meaning(kind string) string {
	switch kind {
	case result.FlagSaturated:
		return "Observed and null are both at 1, so these cells tell nothing."
	case result.FlagFloor:
		return "Too few permutations: the smallest p-value that they can give, alone or adjusted over its family of cells, is above the level asked for, so nothing there can be significant."
	case result.FlagCeiling:
		return "A copy finds its own parent among its nearest neighbours, so memorization here is the probe's, not the network's."
	case result.FlagDropped:
		return "Constant or dead columns were left out before probing."
	case result.FlagFloored:
		return "Columns that vary little beside the others were divided by half of the usual standard deviation, not by their own, which would blow them up."
	case result.FlagConstant:
		return "The features have no variation at all, so the probe had nothing to learn from."
	case result.FlagPenalty:
		return "Cross-validation chose an L2 penalty at the end of its grid, so a better one may lie beyond."
	case result.FlagTwinAccuracy:
		return "Network and twin reached different training accuracies (more than 0.02 apart), so they are not quite comparable."
	}
	return "Flagged “" + word.Name(kind) + "”."
}
