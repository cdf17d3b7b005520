package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report/number"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// topics are lists that are too long for the flags that they belong to; they are drawn
// from the tables that the flags are read by.
func topics() []*cobra.Command {
	return []*cobra.Command{
		{Use: "own", Short: "The keys of --own: how to read your own files", Long: ownTopic()},
		{Use: "perturbations", Short: "What --perturb takes: units, levels, meaning", Long: perturbationsTopic()},
		{Use: "probes", Short: "What --probes takes: settings, meaning", Long: probesTopic()},
	}
}

// listed is a list for helpWriter.text: names in a column, words beside them.
func listed(of [][2]string) string {
	widest := 0
	for _, e := range of {
		widest = max(widest, len(e[0]))
	}
	var b strings.Builder
	for _, e := range of {
		fmt.Fprintf(&b, "  %-*s  %s\n", widest, e[0], e[1])
	}
	return strings.TrimSuffix(b.String(), "\n")
}

func ownTopic() string {
	var all [][2]string
	for _, s := range ownSettings {
		all = append(all, [2]string{s.key, fmt.Sprintf("%s; as in %s=%s", s.about, s.key, s.example)})
	}
	return "--own KEY=VALUE,… says how to read the files that --data names, where their format leaves it open. Nothing of it is guessed. " +
		"`memtest data info PATH --own …` tells what is read in this way.\n\n" + listed(all) + "\n\n" +
		"Pixels in 0..255 in an array of n images of 28 rows and 28 columns:\n" +
		"  --own layout=nhw,low=0,high=255\n" +
		"A table whose column species holds the classes:\n" +
		"  --own y=species\n" +
		"A table of texts in the column review, by their words:\n" +
		"  --own layout=words,x=review,y=stars\n" +
		"Token numbers of a tokenizer, padded by 0:\n" +
		"  --own layout=tokens,vocabulary=30522,pad=0,mask=103\n" +
		"Series of 100 steps and 6 channels in an array (n, 100, 6):\n" +
		"  --own layout=series"
}

func perturbationsTopic() string {
	var groups []string
	for _, g := range perturb.Groups() {
		var all [][2]string
		for _, k := range g.Kinds {
			var levels []string
			for _, l := range k.Levels() {
				levels = append(levels, number.Exact(l))
			}
			all = append(all, [2]string{k.Name(), fmt.Sprintf("%s. Level: %s (default %s)", k.About(), k.Unit(), strings.Join(levels, ","))})
		}
		groups = append(groups, "Of "+g.Of+":\n"+listed(all))
	}
	return "--perturb says how copies differ from the examples that they are made of, --levels how much. At level 0 a copy is its parent. " +
		"`memtest levels --perturb NAME` tells what levels mean for a data set.\n\n" + strings.Join(groups, "\n\n") + "\n\n" +
		"Several, one after the other, each with its level at level 1 of them all:\n" +
		"  --perturb rotate:10+gaussian:0.1 --levels 0,0.5,1"
}

func probesTopic() string {
	var all [][2]string
	for _, name := range probe.Names() {
		all = append(all, [2]string{name, probe.About(name)})
	}
	return "--probes names shallow classifiers that are fitted to features, once for each label set. A setting follows a colon.\n\n" + listed(all)
}

// dataTopic lists the data sets that can be named.
func dataTopic() string {
	var all [][2]string
	for _, name := range datasets.Names() {
		if i, err := datasets.Describe(name); err == nil {
			all = append(all, [2]string{name, fmt.Sprintf("%s: kind %s, %s and %s examples of %s, %d classes", i.Title, i.Shape.KindOf(), number.Count(i.Train), number.Count(i.Test), sizes(i.Shape), len(i.Classes))})
		}
	}
	return "data tells of the data sets that --data names, fetches them, and shows what is read of your own files.\n\n" + listed(all)
}
