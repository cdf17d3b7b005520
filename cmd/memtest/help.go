package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// Widths of help, in columns.
const (
	helpWidth  = 80  // where no terminal and no COLUMNS say another
	widestHelp = 100 // longer lines are hard to read
	helpColumn = 25  // where the words on a flag begin
)

// printHelp prints what a command says of itself: what it does, how it is typed, its
// commands and flags by groups, examples.
func printHelp(c *cobra.Command, _ []string) {
	h := helpWriter{out: c.OutOrStdout(), width: helpWidth}
	if n := statedColumns(); n > 0 {
		h.width = n
	} else if n := terminalWidth(h.out); n > 0 {
		h.width = n
	}
	h.width = min(max(h.width, 2*helpColumn), widestHelp)
	if c.Long != "" {
		h.text(c.Long)
	} else {
		h.text(c.Short + ".")
	}
	if !c.Runnable() && !c.HasAvailableSubCommands() { // a topic
		return
	}
	h.line("\nUsage:")
	h.entry("  ", 2, usageLine(c))
	h.commands(c)
	h.flags(c)
	if c.Example != "" {
		h.line("\nExamples:")
		h.line(c.Example)
	}
	if c.HasAvailableSubCommands() {
		h.line("")
		h.text(fmt.Sprintf("`%s COMMAND --help` tells what a command does, and its flags.", c.CommandPath()))
	}
}

// usageLine is how a command is typed.
func usageLine(c *cobra.Command) string {
	switch line := strings.TrimSuffix(c.UseLine(), " [flags]"); {
	case c.HasAvailableSubCommands() && !strings.Contains(c.Use, " "):
		return line + " COMMAND"
	case c.HasAvailableSubCommands(), len(shownFlags(c)) == 0:
		return line
	}
	return strings.Replace(c.UseLine(), "[flags]", "[FLAGS]", 1)
}

// helpWriter writes lines of a width.
type helpWriter struct {
	out   io.Writer
	width int
}

func (h helpWriter) line(s string) { fmt.Fprintln(h.out, s) }

// text writes an author's lines, each of which is a paragraph. What is indented, as the
// lines of a list are, hangs below its last column.
func (h helpWriter) text(s string) {
	for line := range strings.SplitSeq(s, "\n") {
		words := strings.TrimLeft(line, " ")
		indent := len(line) - len(words)
		if i := strings.LastIndex(words, "  "); indent > 0 && i >= 0 {
			indent += i + 2
		}
		hang := utf8.RuneCountInString(line[:indent])
		if hang > h.width/2 {
			hang = 4
		}
		h.entry(line[:indent], hang, line[indent:])
	}
}

// entry writes a head and the words on it, which begin at a column; a longer head has a
// line of its own.
func (h helpWriter) entry(head string, column int, words string) {
	if words == "" {
		h.line(strings.TrimRight(head, " "))
		return
	}
	indent := strings.Repeat(" ", column)
	lines := strings.ReplaceAll(document.Wrap(words, h.width-column), "\n", "\n"+indent)
	if n := utf8.RuneCountInString(head); n > column || column > 0 && n == column && !strings.HasSuffix(head, " ") {
		h.line(head)
		h.line(indent + lines)
	} else {
		h.line(head + strings.Repeat(" ", column-n) + lines)
	}
}

// commands lists the commands below c by groups, and the topics that have help.
func (h helpWriter) commands(c *cobra.Command) {
	list := func(title string, of func(*cobra.Command) bool) {
		first := true
		for _, below := range c.Commands() {
			if !of(below) {
				continue
			}
			if first {
				h.line("\n" + title + ":")
			}
			first = false
			h.entry("  "+below.Name(), column(c), below.Short)
		}
	}
	for _, g := range c.Groups() {
		list(g.Title, func(b *cobra.Command) bool { return b.GroupID == g.ID })
	}
	list("Commands", func(b *cobra.Command) bool {
		return b.GroupID == "" && b.IsAvailableCommand() && b.Name() != "help"
	})
	list("Lists, by `"+c.CommandPath()+" help NAME`", func(b *cobra.Command) bool { return b.IsAdditionalHelpTopicCommand() })
}

// column is where the words on the commands below c begin.
func column(c *cobra.Command) int {
	widest := 0
	for _, below := range c.Commands() {
		widest = max(widest, len(below.Name()))
	}
	return widest + 4
}

// flags lists the flags of a command; many of them by groups.
func (h helpWriter) flags(c *cobra.Command) {
	all := shownFlags(c)
	if len(all) <= fewFlags {
		h.flagList("Flags", all)
		return
	}
	for _, g := range flagGroups {
		if g.command != "" && g.command != c.Name() {
			continue
		}
		var some []*pflag.Flag
		for _, name := range strings.Fields(g.flags) {
			if i := slices.IndexFunc(all, func(f *pflag.Flag) bool { return f.Name == name }); i >= 0 {
				some = append(some, all[i])
				all = slices.Delete(all, i, i+1)
			}
		}
		h.flagList(g.title, some)
	}
	h.flagList("Others", all)
}

// shownFlags are the flags of a command that its help lists.
func shownFlags(c *cobra.Command) []*pflag.Flag {
	var all []*pflag.Flag
	c.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Name != "help" {
			all = append(all, f)
		}
	})
	return all
}

func (h helpWriter) flagList(title string, flags []*pflag.Flag) {
	if len(flags) == 0 {
		return
	}
	h.line("\n" + title + ":")
	for _, f := range flags {
		value, words := describeFlag(f)
		h.entry(strings.TrimRight("  --"+f.Name+" "+value, " "), helpColumn, words)
	}
}

// flagValue is the annotation of a flag with the word for its value.
const flagValue = "memtest_value"

// describeFlags takes the words for values out of what flags of a command, and of those
// below it, say they mean, so that shells that complete flags show no signs.
func describeFlags(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		value, words := describeFlag(f)
		f.Usage, f.Annotations = words, map[string][]string{flagValue: {value}}
	})
	for _, below := range c.Commands() {
		describeFlags(below)
	}
}

// describeFlag is the word for a flag's value, "" where it has none, and what the flag
// means, with its default. A usage such as "`DIR`: folder of the run" names the word
// and says no more of it.
func describeFlag(f *pflag.Flag) (value, words string) {
	if v, known := f.Annotations[flagValue]; known {
		return v[0], f.Usage
	}
	value, words = pflag.UnquoteUsage(f)
	if !strings.Contains(f.Usage, "`") {
		switch f.Value.Type() {
		case "int", "uint64", "float64":
			value = "NUMBER"
		case "intSlice", "float64Slice", "stringSlice":
			value = "LIST"
		}
	}
	words = strings.TrimPrefix(words, value+": ")
	if d := f.DefValue; !strings.Contains(words, "(default") && !slices.Contains([]string{"", "0", "false", "[]"}, d) {
		words += fmt.Sprintf(" (default %s)", strings.Trim(d, "[]"))
	}
	return value, words
}
