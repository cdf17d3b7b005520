package report

import (
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// flagWord is the kind of a flag: "dropped" of "dropped: 12 of 512".
func flagWord(flag string) string {
	word, _, _ := strings.Cut(flag, ":")
	return strings.TrimSpace(word)
}

// meaning explains a kind of flag; a word of another program explains itself.
func meaning(word string) string {
	switch word {
	case result.FlagSaturated:
		return "Observed and null are both at 1, so these cells tell nothing."
	case result.FlagFloor:
		return "Too few permutations: the smallest p-value that they can give is above the level asked for."
	case result.FlagCeiling:
		return "A copy finds its own parent among its nearest neighbours, so memorization here is the probe's, not the network's."
	case result.FlagDropped:
		return "Constant or dead columns were left out before probing."
	case result.FlagConstant:
		return "The features have no variation at all, so the probe had nothing to learn from."
	case result.FlagPenalty:
		return "Cross-validation chose an L2 penalty at the end of its grid, so a better one may lie beyond."
	case result.FlagTwinAccuracy:
		return "Network and twin reached different training accuracies (more than 0.02 apart), so they are not quite comparable."
	}
	return "Flagged “" + clean(word) + "”."
}

// warning is all flags of one kind.
type warning struct {
	Word    string
	Meaning string
	Rows    int
	Where   string   // the settings it concerns, in few words
	Details []string // distinct flags in full, the first ones
}

// warnings groups the flags of all rows by kind, in order of appearance.
func (v *view) warnings() []warning {
	var all []warning
	places := map[string]*place{}
	for _, r := range v.rows {
		for _, flag := range r.Flags {
			word := flagWord(flag)
			i := slices.IndexFunc(all, func(w warning) bool { return w.Word == word })
			if i < 0 {
				i = len(all)
				all = append(all, warning{Word: word, Meaning: meaning(word)})
				places[word] = &place{}
			}
			all[i].Rows++
			places[word].add(r)
			if detail := cut(plain(flag), 80); detail != word && len(all[i].Details) < 6 {
				all[i].Details = once(all[i].Details, detail)
			}
		}
	}
	for i := range all {
		all[i].Where = places[all[i].Word].String()
	}
	return all
}

// place gathers where something happened.
type place struct {
	networks, probes []string
	levels           []float64
}

func (p *place) add(r result.Row) {
	p.networks = once(p.networks, clean(r.Network))
	p.probes = once(p.probes, clean(r.Probe))
	p.levels = once(p.levels, r.Level)
}

func (p *place) String() string {
	slices.Sort(p.levels)
	levels := make([]string, len(p.levels))
	for i, l := range p.levels {
		levels[i] = number(l)
	}
	return list(p.networks) + "; " + plural(len(p.probes), "probe ", "probes ") + list(p.probes) + "; " + plural(len(levels), "level ", "levels ") + list(levels)
}
