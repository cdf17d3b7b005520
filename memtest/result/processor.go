package result

import (
	"os"
	"strings"
)

// processor names the kind of processor as Linux does: its model, with the numbers
// that tell generations of one name apart; "" where Linux does not say.
func processor() string {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	return parseProcessor(string(text))
}

// parseProcessor reads the first processor of /proc/cpuinfo.
func parseProcessor(cpuinfo string) string {
	var name string
	var numbers []string
	for line := range strings.Lines(cpuinfo) {
		key, value, _ := strings.Cut(line, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		switch key {
		case "":
			if name != "" || len(numbers) > 0 {
				return strings.TrimSpace(strings.Join(append([]string{name}, numbers...), " "))
			}
		case "model name", "Model":
			name = value
		case "cpu family", "model", "stepping", "CPU implementer", "CPU part", "CPU variant":
			numbers = append(numbers, strings.TrimPrefix(strings.TrimPrefix(key, "CPU "), "cpu ")+" "+value)
		}
	}
	return strings.TrimSpace(strings.Join(append([]string{name}, numbers...), " "))
}
