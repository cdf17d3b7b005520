package memtest

import (
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// missingUnits is the error that names units which nobody has finished.
func missingUnits(parts []*measuredPart, missing []int) error {
	units, of := parts[0].manifest.Units, parts[0].Of
	var names, commands []string
	for _, i := range missing {
		names = append(names, units[i])
		commands = appendOnce(commands, commandOf(parts, Shard{i%of + 1, of}))
	}
	return result.Inputf("%d of %d units are not finished: %s; measure them by: %s", len(missing), len(units), strings.Join(names, ", "), strings.Join(commands, " ; "))
}

// commandOf is the command that measures a shard: that of another one, as it was typed,
// with this one's number, or one that takes the configuration from its folder.
func commandOf(parts []*measuredPart, s Shard) string {
	for _, p := range parts {
		words := slices.Clone(p.manifest.Command)
		for i, w := range words {
			switch {
			case w == "--shard" && i+1 < len(words):
				words[i+1] = s.String()
			case strings.HasPrefix(w, "--shard="):
				words[i] = "--shard=" + s.String()
			default:
				continue
			}
			return result.Manifest{Command: words}.CommandLine()
		}
	}
	return result.Manifest{Command: []string{"memtest", "run", "--config", parts[0].dir.Path(rundir.ConfigFile), "--out", "OUT", "--shard", s.String()}}.CommandLine()
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
