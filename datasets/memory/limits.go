package memory

import (
	"bufio"
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// free reads the files of Linux below a root folder, so that tests can lay out
// their own.
func free(root string) (int64, bool) {
	least, known := int64(0), false
	take := func(bytes int64, ok bool) {
		if ok && (!known || bytes < least) {
			least, known = max(0, bytes), true
		}
	}
	take(field(filepath.Join(root, "proc/meminfo"), "MemAvailable:"))
	for _, group := range groups(root) {
		take(group.left())
	}
	for _, limit := range []struct{ name, used string }{{"Max address space", "VmSize:"}, {"Max data size", "VmData:"}} {
		most, limited := processLimit(root, limit.name)
		used, ok := field(filepath.Join(root, "proc/self/status"), limit.used)
		take(most-used, limited && ok)
	}
	return least, known
}

// field is a line "name 123 kB" of a file, in bytes.
func field(file, name string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if words := strings.Fields(lines.Text()); len(words) >= 2 && words[0] == name {
			kib, err := strconv.ParseInt(words[1], 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}

// processLimit is the soft limit of that name; false where there is none.
func processLimit(root, name string) (int64, bool) {
	text, err := os.ReadFile(filepath.Join(root, "proc/self/limits"))
	if err != nil {
		return 0, false
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			if words := strings.Fields(rest); len(words) > 0 {
				n, err := strconv.ParseInt(words[0], 10, 64)
				return n, err == nil
			}
		}
	}
	return 0, false
}

// group is one control group: the files that hold its limit and its use.
type group struct{ limit, used, stat, cache string }

// groups are the control groups of the process and those above them, for each of
// which a limit may be set. Within a container the path that the kernel gives may
// not be there; the top of the mounted tree is the container's own then.
func groups(root string) []group {
	text, err := os.ReadFile(filepath.Join(root, "proc/self/cgroup"))
	if err != nil {
		return nil
	}
	var all []group
	for line := range strings.Lines(string(text)) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path
		if len(parts) < 3 {
			continue
		}
		top, make := "sys/fs/cgroup", second
		if parts[1] != "" {
			top, make = "sys/fs/cgroup/memory", first
		}
		if parts[1] != "" && !strings.Contains(","+parts[1]+",", ",memory,") {
			continue
		}
		for at := path.Clean("/" + parts[2]); ; at = path.Dir(at) {
			all = append(all, make(filepath.Join(root, top, at)))
			if at == "/" {
				break
			}
		}
	}
	return all
}

func first(folder string) group {
	return group{filepath.Join(folder, "memory.limit_in_bytes"), filepath.Join(folder, "memory.usage_in_bytes"), filepath.Join(folder, "memory.stat"), "total_inactive_file"}
}

func second(folder string) group {
	return group{filepath.Join(folder, "memory.max"), filepath.Join(folder, "memory.current"), filepath.Join(folder, "memory.stat"), "inactive_file"}
}

// left is what the group may still take: files kept in memory that nobody uses
// count as free, since the kernel drops them when memory is asked for.
func (g group) left() (int64, bool) {
	limit, limited := number(g.limit)
	used, ok := number(g.used)
	if !limited || !ok {
		return 0, false
	}
	return limit - used + g.droppable(), true
}

func (g group) droppable() int64 {
	text, err := os.ReadFile(g.stat)
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) == 2 && words[0] == g.cache {
			n, _ := strconv.ParseInt(words[1], 10, 64) // 0 where it is no number
			return n
		}
	}
	return 0
}

// number is a file of one number; false for "max", or where it is not there.
func number(file string) (int64, bool) {
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, false
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	return n, err == nil
}
