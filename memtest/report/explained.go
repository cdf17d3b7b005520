package report

import (
	"strings"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// explained are the words of a verdict that not everybody knows.
func (v *view) explained(s setting) []document.Term {
	all := []document.Term{{Name: word.Name(s.probe) + " probe", Text: probeWords(s.probe)}}
	if mixed(s.perturbation) {
		all = append(all, document.Term{Name: "blends", Text: "of the features of two training examples that have one label, also where labels are shuffled; each keeps that label"})
	} else {
		all = append(all, document.Term{Name: "near-copies", Text: "the training " + v.examples(s.perturbation) + ", changed a little; each keeps the label of the one that it was made from"})
	}
	all = append(all, document.Term{Name: "shuffled label", Text: "what the probe gives back of labels that were dealt out at random: memory and nothing else"})
	if _, ok := v.others[features.Twin]; ok {
		all = append(all, document.Term{Name: "twin", Text: "the same network trained on shuffled labels"})
	}
	return all
}

// probeWords say in a few words what a probe is.
func probeWords(probe string) string {
	kind, _, _ := strings.Cut(probe, ":")
	switch kind {
	case "ridge":
		return "a linear classifier that is fitted to what this layer makes of the training examples"
	case "softmax":
		return "a logistic regression that is fitted to what this layer makes of the training examples"
	case "knn":
		return "a vote of the nearest training examples, as this layer sees them"
	case "centroid":
		return "the nearest class mean, as this layer sees the training examples"
	case "forest":
		return "a random forest that is fitted to what this layer makes of the training examples"
	}
	return "a shallow classifier that is fitted to what this layer makes of the training examples"
}

// onlyOf says what rows without a network under test are of.
func onlyOf(role features.Role) string {
	switch role {
	case features.Input:
		return "these rows are of the raw input"
	case features.Twin:
		return "these rows are of a twin"
	case features.Refit:
		return "these rows are of a full refit"
	case features.Start:
		return "these rows are of the network that it started from"
	}
	return "these rows are of an untrained network; @0 in a file says that"
}
