package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/xla/probe"
)

// everyCommand is all commands of this program, without those of the library.
func everyCommand() []*cobra.Command {
	root := &cobra.Command{Use: "memtest"}
	addCommands(root, []string{"memtest"})
	var all []*cobra.Command
	var add func(c *cobra.Command)
	add = func(c *cobra.Command) {
		if c.Runnable() && c.Name() != "completion" && c.Name() != "help" {
			all = append(all, c)
		}
		for _, below := range c.Commands() {
			if c.Name() != "completion" {
				add(below)
			}
		}
	}
	add(root)
	return all
}

// No line of help is wider than the terminal that COLUMNS states.
func TestHelpFitsItsTerminal(t *testing.T) {
	for _, columns := range []string{"60", "80", "100", "300"} {
		t.Setenv("COLUMNS", columns)
		width, _ := strconv.Atoi(columns)
		for _, c := range append(everyCommand(), topics()...) {
			_, stdout, _ := command(append(strings.Fields(strings.TrimPrefix(c.CommandPath(), "memtest")), "--help")...)
			text, _, _ := strings.Cut(stdout, "\nExamples:\n")
			for line := range strings.SplitSeq(text, "\n") {
				if n := utf8.RuneCountInString(line); n > min(width, widestHelp) && len(strings.Fields(line)) > 1 {
					t.Errorf("%s at %s columns: a line of %d: %s", c.CommandPath(), columns, n, line)
				}
			}
		}
	}
}

// Every command has an example that fits 80 columns, every flag a word for its value
// in capitals and a place in a group.
func TestEveryFlagIsExplained(t *testing.T) {
	for _, c := range everyCommand() {
		if c.Example == "" {
			t.Errorf("%s has no example", c.CommandPath())
		}
		for line := range strings.SplitSeq(c.Example, "\n") {
			if !strings.Contains(line, "memtest ") && !strings.HasPrefix(line, "      ") || len(line) > 80 {
				t.Errorf("%s: example %q", c.CommandPath(), line)
			}
		}
		flags := shownFlags(c)
		for _, f := range flags {
			value, words := describeFlag(f)
			if f.Value.Type() == "bool" != (value == "") || len(value) > 0 && (value[0] < 'A' || value[0] > 'Z') {
				t.Errorf("%s --%s takes %q", c.CommandPath(), f.Name, value)
			}
			if words == "" || strings.Contains(words, "`") || strings.Contains(words, `"`) || strings.Count(words, "(default") > 1 {
				t.Errorf("%s --%s: %s", c.CommandPath(), f.Name, words)
			}
			if len(flags) > fewFlags && !slices.ContainsFunc(flagGroups, func(g flagGroup) bool {
				return (g.command == "" || g.command == c.Name()) && slices.Contains(strings.Fields(g.flags), f.Name)
			}) {
				t.Errorf("%s --%s is in no group", c.CommandPath(), f.Name)
			}
		}
	}
}

// What flags take is listed where their help says it is, from the tables that they are
// read by.
func TestTopicsListEverything(t *testing.T) {
	listed := map[string][]string{"probes": probe.Names(), "data": datasets.Names(), "own": ownKeys()}
	for _, k := range perturb.All() {
		listed["perturbations"] = append(listed["perturbations"], k.Name())
	}
	for topic, names := range listed {
		code, stdout, stderr := command("help", topic)
		if code != exitDone || stderr != "" || len(names) < 4 {
			t.Errorf("help %s: exit %d: %s", topic, code, stderr)
		}
		for _, name := range names {
			if !strings.Contains(stdout, "\n  "+name+" ") {
				t.Errorf("help %s does not list %s:\n%s", topic, name, stdout)
			}
		}
	}
	for _, s := range ownSettings {
		var o datasets.FileOptions
		if err := (&ownFlag{to: &o}).Set(s.key + "=" + s.example); err != nil {
			t.Errorf("the example of %s: %v", s.key, err)
		}
	}
}

// Shells are given every command and flag, with words that a person may read.
func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, stdout, stderr := command("completion", shell); code != exitDone || stderr != "" || !strings.Contains(stdout, "memtest") {
			t.Errorf("%s: exit %d: %s", shell, code, stderr)
		}
	}
	code, stdout, _ := command("__complete", "run", "--ou")
	if code != exitDone || !strings.HasPrefix(stdout, "--out\tfolder of the run (default runs/DATE-TIME)\n") {
		t.Errorf("exit %d: %s", code, stdout)
	}
}

// What a flag's help calls the default is what is used.
func TestDefaultLevelsAreThoseOfThePerturbation(t *testing.T) {
	code, stdout, stderr := command("levels", "--data", "gaussian:60:8x8x1:3", "--perturb", "rotate", "--json")
	if code != exitDone || strings.Count(stdout, "\n") != 4 || !strings.Contains(stdout, `"level":30`) {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}
