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
		return "Too few permutations: the smallest p-value that they can give is above the level asked for."
	case result.FlagCeiling:
		return "Nearly every copy finds its own parent among its nearest neighbours. How many do is all that memorization by k-NN measures, at this level and at any other: how well neighbours are kept, not what the network memorized."
	case result.FlagDropped:
		return "Constant or dead columns were left out before probing."
	case result.FlagConstant:
		return "The features have no variation at all, so the probe had nothing to learn from."
	case result.FlagPenalty:
		return "Cross-validation chose an L2 penalty at the end of its grid, so a better one may lie beyond."
	case result.FlagTwinAccuracy:
		return "Network and twin reached different training accuracies (more than 0.02 apart), so they are not quite comparable."
	}
	return "Flagged “" + word.Name(kind) + "”."
}
