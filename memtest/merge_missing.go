package memtest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// missingUnits is the error that names units which nobody has finished.
func (m Merge) missingUnits(parts []*measuredPart, missing []int) error {
	units, of := parts[0].manifest.Units, parts[0].Of
	var names, commands []string
	for _, i := range missing {
		names = append(names, units[i])
		commands = appendOnce(commands, m.commandOf(parts, Shard{i%of + 1, of}))
	}
	return result.Inputf("%d of %d units are not finished: %s; measure them by: %s", len(missing), len(units), strings.Join(names, ", "), strings.Join(commands, " ; "))
}

// commandOf is the command that measures a shard into the folder of the merge: that of
// another one, as it was typed, with this one's number, or one that takes the
// configuration from its folder.
func (m Merge) commandOf(parts []*measuredPart, s Shard) string {
	out, err := filepath.Abs(m.Out)
	if err != nil {
		out = m.Out
	}
	for _, p := range parts {
		if words, ok := withShard(p.manifest.Command, s, out); ok {
			return p.elsewhere() + result.Manifest{Command: words}.CommandLine()
		}
	}
	words := []string{"memtest", "run", "--config", parts[0].dir.Path(rundir.ConfigFile), "--out", out, "--shard", s.String()}
	return parts[0].elsewhere() + result.Manifest{Command: words}.CommandLine()
}

// elsewhere is what leads to the folder in which a part's command was typed, where this
// is not the present one: paths of data may be relative to it.
func (p *measuredPart) elsewhere() string {
	here, err := os.Getwd()
	n := len(p.manifest.Tasks)
	if err != nil || n == 0 || p.manifest.Tasks[n-1].Dir == "" || p.manifest.Tasks[n-1].Dir == here {
		return ""
	}
	return result.Manifest{Command: []string{"cd", p.manifest.Tasks[n-1].Dir}}.CommandLine() + " && "
}

// withShard is a command with another shard and folder; false where it has no shard.
func withShard(command []string, s Shard, out string) (words []string, ok bool) {
	words = slices.Clone(command)
	set := func(i int, flag, value string) bool {
		switch {
		case words[i] == flag && i+1 < len(words):
			words[i+1] = value
		case strings.HasPrefix(words[i], flag+"="):
			words[i] = flag + "=" + value
		default:
			return false
		}
		return true
	}
	for i := range words {
		ok = set(i, "--shard", s.String()) || ok
		set(i, "--out", out)
	}
	return words, ok
}

// withoutShard is the command that measures the whole run in one process.
func withoutShard(command []string) []string {
	var words []string
	for i := 0; i < len(command); i++ {
		switch {
		case command[i] == "--shard":
			i++
		case strings.HasPrefix(command[i], "--shard="), command[i] == "--requeue":
		default:
			words = append(words, command[i])
		}
	}
	return words
}

func appendOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
