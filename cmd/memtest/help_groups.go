package main

import "github.com/spf13/cobra"

// Groups of commands, in the order in which they are needed.
const (
	groupMeasure = "measure"
	groupLook    = "look"
	groupScale   = "scale"
	groupSetUp   = "set up"
)

var commandGroups = []*cobra.Group{
	{ID: groupMeasure, Title: "Measure"},
	{ID: groupLook, Title: "Look and compare"},
	{ID: groupScale, Title: "Plan, and share among machines"},
	{ID: groupSetUp, Title: "Set up"},
}

// fewFlags need no groups.
const fewFlags = 9

// flagGroup is a group of flags.
type flagGroup struct {
	title   string
	command string // "" = those of all
	flags   string
}

// flagGroups are the flags of commands that have many, in the order in which they are
// listed. A flag is in the first group of its command that has it.
var flagGroups = []flagGroup{
	{"Setting", "paper", "setting only draw"},
	{"What is written", "export", "epoch network set layer level seed to"},
	{"Arrays in FILE", "probe", "train valid labels fresh fresh-labels permuted groups scores scores-are n name perturb"},
	{"Model", "onnx", "list outputs layout mean sd inputs scores scores-are at"},
	{"Data", "", "data own n stratified label-noise"},
	{"Network", "", "net epochs until layers seeds"},
	{"Copies", "", "perturb levels"},
	{"Probes and test", "", "probes permutations metric scale halves alpha margin two-sided stop seed"},
	{"References", "", "refs refit untrained start twin twin-labels"},
	{"Shards", "submit", "shards dry-run no-requeue"},
	{"Output", "", "out open resume anew json fail-if quiet"},
	{"Machine", "", "backend devices data-dir offline shard requeue"},
	{"Configuration", "", "config"},
}
