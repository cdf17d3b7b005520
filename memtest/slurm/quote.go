package slurm

import (
	"bytes"
	"strings"
)

// plainBytes need no quotes, neither in bash nor in a line for sbatch.
const plainBytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%"

func isPlain(word string) bool { return word != "" && strings.Trim(word, plainBytes) == "" }

// Line is a command as one would type it in bash.
func Line(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if quoted[i] = w; !isPlain(w) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

// directive adds a line that sbatch reads. Its quotes are double ones, in which a
// backslash keeps the next byte as it is.
func directive(b *bytes.Buffer, words ...string) {
	b.WriteString("#SBATCH")
	for _, w := range words {
		b.WriteByte(' ')
		if isPlain(w) {
			b.WriteString(w)
			continue
		}
		// Of --name=value the value alone is quoted: it reads better.
		if name, value, ok := strings.Cut(w, "="); ok && isPlain(name) {
			b.WriteString(name + "=")
			w = value
		}
		b.WriteString(`"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(w) + `"`)
	}
	b.WriteByte('\n')
}
