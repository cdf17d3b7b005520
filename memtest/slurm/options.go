package slurm

import (
	"fmt"
	"slices"
	"strings"
)

// grouped are the options of sbatch one by one, each with its value, from the words
// that were typed: what does not begin with - belongs to the option before it.
func grouped(words []string) ([][]string, error) {
	var options [][]string
	for _, w := range words {
		switch {
		case len(w) > 1 && w[0] == '-' && w != "--":
			options = append(options, []string{w})
		case len(options) == 0:
			return nil, fmt.Errorf("%q is no option of sbatch: after -- give options alone, as in -- --partition=main", w)
		case len(options[len(options)-1]) == 2:
			return nil, fmt.Errorf("%q is no option of sbatch, and %s has its value already: after -- give options alone, as in -- --partition=main", w, options[len(options)-1][0])
		default:
			last := &options[len(options)-1]
			*last = append(*last, w)
		}
	}
	return options, nil
}

// nameOf is the name of an option: --mem of --mem=4G, -p of -pmain.
func nameOf(option []string) string {
	if strings.HasPrefix(option[0], "--") {
		name, _, _ := strings.Cut(option[0], "=")
		return name
	}
	return option[0][:2]
}

// mergeNames are the options that the merge is given too.
var mergeNames = []string{
	"--partition", "-p", "--account", "-A", "--qos", "-q", "--time", "-t", "--mem", "--constraint", "-C", "--clusters", "-M",
}

// ofMerge are those of the options that the merge is given too.
func ofMerge(options [][]string) [][]string {
	return slices.DeleteFunc(slices.Clone(options), func(option []string) bool { return !slices.Contains(mergeNames, nameOf(option)) })
}
