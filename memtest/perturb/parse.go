package perturb

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// All lists the perturbations that Parse knows by name.
func All() []Kind {
	return slices.Concat(noise(), pixels(), geometry(), elastic(), blur(), light(), mix(), mixClass(), tables(), series(), timing(), tokens())
}

// Group is perturbations that copy the same kinds of examples.
type Group struct {
	Of    string // what they copy, as in "images and tables"
	Kinds []Kind
}

// Groups are all perturbations by what they copy.
func Groups() []Group {
	var groups []Group
	for _, k := range All() {
		i := slices.IndexFunc(groups, func(g Group) bool { return g.Of == k.Of() })
		if i < 0 {
			i, groups = len(groups), append(groups, Group{Of: k.Of()})
		}
		groups[i].Kinds = append(groups[i].Kinds, k)
	}
	return groups
}

// Names lists the names that Parse knows in one line, with what they copy.
func Names() string {
	var all []string
	for _, g := range Groups() {
		var names []string
		for _, k := range g.Kinds {
			names = append(names, k.name)
		}
		all = append(all, fmt.Sprintf("%s (%s)", strings.Join(names, ", "), g.Of))
	}
	return strings.Join(all, "; ")
}

// Parse reads a perturbation: a name, such as "gaussian", or a composition of
// named parts with the level of each, such as "rotate:10+gaussian:0.1", applied
// from left to right; see Composition for what its level means.
func Parse(text string) (Perturbation, error) {
	parts := splitParts(text)
	if len(parts) == 1 && !strings.Contains(text, ":") {
		return byName(text)
	}
	var c []Part
	for _, part := range parts {
		name, number, found := strings.Cut(part, ":")
		p, err := byName(name)
		if err != nil {
			return nil, err
		}
		if !found {
			return nil, fmt.Errorf("perturbation %q: its part %s has no level; write one such as rotate:10+gaussian:0.1", text, p.Name())
		}
		level, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			return nil, fmt.Errorf("perturbation %q: %q is not a level of %s; give a number (%s)", text, number, p.Name(), p.Unit())
		}
		c = append(c, Part{p, level})
	}
	return Compose(c...)
}

// exponent is the end of a part that a plus sign goes on: that of rotate:1e+07.
var exponent = regexp.MustCompile(`:\s*[0-9.]+[eE]$`)

// splitParts splits a composition at the plus signs between its parts.
func splitParts(text string) []string {
	var parts []string
	for _, piece := range strings.Split(text, "+") {
		if last := len(parts) - 1; last >= 0 && exponent.MatchString(parts[last]) {
			parts[last] += "+" + piece
			continue
		}
		parts = append(parts, piece)
	}
	return parts
}

// levelText is a level as splitParts leaves it whole: without a plus sign.
func levelText(level float64) string {
	return strings.Replace(strconv.FormatFloat(level, 'g', -1, 64), "e+", "e", 1)
}

func byName(name string) (Perturbation, error) {
	name = strings.TrimSpace(name)
	for _, k := range All() {
		if k.name == name {
			return k, nil
		}
	}
	return nil, fmt.Errorf("there is no perturbation named %q; choose one of %s; or join them with levels as in rotate:10+gaussian:0.1", name, Names())
}
