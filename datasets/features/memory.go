package features

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
)

// FreeMemory is how many bytes of memory programs may still take, as Linux
// estimates it; false where that is not known.
func FreeMemory() (int64, bool) {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, false
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		if words := bytes.Fields(lines.Bytes()); len(words) >= 2 && string(words[0]) == "MemAvailable:" {
			kib, err := strconv.ParseInt(string(words[1]), 10, 64)
			return kib << 10, err == nil
		}
	}
	return 0, false
}
