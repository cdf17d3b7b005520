package document

import (
	"regexp"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// inlineMarkdown writes a paragraph so that it stays a paragraph.
func inlineMarkdown(words []span) string {
	var b strings.Builder
	for _, p := range words {
		text := escapeMarkdown(p.Text)
		if p.Code {
			text = "`" + p.Text + "`"
		}
		if p.Link != "" {
			text = "[" + text + "](" + strings.ReplaceAll(p.Link, "&", "&amp;") + ")"
		}
		b.WriteString(text)
	}
	return paragraph(b.String())
}

// escapeMarkdown escapes what Markdown, or HTML inside it, would read as markup.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range word.Plain(s) {
		switch r {
		case '&':
			b.WriteString("&amp;")
			continue
		case '<':
			b.WriteString("&lt;")
			continue
		case '\\', '`', '*', '_', '[', ']', '>', '|', '#', '~', '!', '$', '@':
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// blockSigns begin a list or a rule where they begin a line.
var blockSigns = regexp.MustCompile(`^(?:([-+=])|(\d{1,9})([.)](?:\s|$)))`)

// paragraph keeps escaped Markdown from beginning anything but a paragraph.
func paragraph(s string) string { return blockSigns.ReplaceAllString(s, `$2\$1$3`) }
