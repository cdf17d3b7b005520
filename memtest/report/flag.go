package report

import (
	"fmt"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/perm"
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
	case result.FlagFewSets:
		return fmt.Sprintf("Fewer than %d label sets: the null's mean and standard deviation, and so learning, memorization and z, are rough.", perm.LeastSets)
	case result.FlagOneClass:
		return "The probe gives almost all copies one class, so hits say little of the others: --metric balanced weighs classes alike, --metric auc reads the probe's scores."
	case result.FlagWide:
		return "There are as many columns as examples or more, so ridge and softmax fit whatever labels they are given: near its parents, observed and null tie, and no p-value can be small."
	case result.FlagDoubtful:
		return "At the smallest level above 0 the probe gives, above chance, less than a quarter as many copies their label as fresh examples, though it was fitted to the parents of the copies: copies out of order, a network not in inference mode, or a perturbation too strong. (Training labels with many errors can look so too.)"
	case result.FlagAugmented:
		return "The network was trained on images changed as the copies are, so it was taught to take copies for their parents: compare with a perturbation that it was not trained on."
	case result.FlagCropped:
		return "The network's recurrent layer takes only the first steps of each sequence, so nothing is said of the later ones; raw inputs have them all."
	case result.FlagCeiling:
		return "Nearly every copy finds its own parent among its nearest neighbours. How many do is all that memorization by k-NN measures, at this level and at any other: how well neighbours are kept, not what the network memorized."
	case result.FlagDropped:
		return "Constant or dead columns were left out before probing."
	case result.FlagFloored:
		return "Columns that vary little beside the others were divided by half of the usual standard deviation, not by their own, which would blow them up."
	case result.FlagConstant:
		return "The features have no variation at all, so the probe had nothing to learn from."
	case result.FlagPenalty:
		return "Cross-validation chose an L2 penalty at the end of its grid, so a better one may lie beyond."
	case result.FlagOneHot:
		return "The raw input of tokens is one value for each token at each place: 1 where it stands, else 0."
	case result.FlagCounts:
		return "The raw input of tokens is how often each of them occurs, wherever it stands; one value for each token at each place would be too many."
	case result.FlagTwinAccuracy:
		return "Network and twin reached different training accuracies (more than 0.02 apart), so they are not quite comparable."
	}
	return "Flagged “" + word.Name(kind) + "”."
}
