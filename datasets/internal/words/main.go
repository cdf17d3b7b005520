// Command words writes the file of names that is part of the datasets package: what
// regions and languages are called in twelve languages of the Latin script, as
// golang.org/x/text has it from Unicode's CLDR, each name once, on a line with the
// codes of the languages that call something so. Names of more than 24 characters are
// left out. Run it with "go generate ./datasets"; it prints the line of words_files.go.
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// tongues are the languages that names are taken from, in the order of their codes.
var tongues = []string{"cs", "de", "en", "es", "fi", "fr", "it", "nl", "pl", "pt", "sv", "tr"}

// longest is the number of characters of the longest names that are kept.
const longest = 24

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: words FOLDER")
	}
	content := file()
	path := filepath.Join(os.Args[1], "names.txt")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		log.Fatal(err)
	}
	sum := sha256.Sum256(content)
	fmt.Printf("{Name: %q, Size: %d, SHA256: \"%x\", Content: \"%x\"},\n", filepath.Base(path), len(content), sum, sum)
}

// file is the text of the file: a line for each name, sorted, with a tab and the codes of
// its languages after it.
func file() []byte {
	in := map[string][]string{}
	regions, languages := codes()
	for _, tongue := range tongues {
		tag := language.MustParse(tongue)
		named := map[string]bool{}
		for _, r := range regions {
			named[display.Regions(tag).Name(r)] = true
		}
		for _, l := range languages {
			named[display.Languages(tag).Name(l)] = true
		}
		for name := range named {
			if n := utf8.RuneCountInString(name); n >= 1 && n <= longest {
				in[name] = append(in[name], tongue)
			}
		}
	}
	var b bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(in)) {
		fmt.Fprintf(&b, "%s\t%s\n", name, strings.Join(in[name], ","))
	}
	return b.Bytes()
}

// codes are the regions and languages that there are codes of: two letters or three
// digits for regions, two or three letters for languages.
func codes() (regions []language.Region, languages []language.Base) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	addRegion := func(code string) {
		if r, err := language.ParseRegion(code); err == nil {
			regions = append(regions, r)
		}
	}
	addLanguage := func(code string) {
		if l, err := language.ParseBase(code); err == nil {
			languages = append(languages, l)
		}
	}
	for _, a := range letters {
		for _, b := range letters {
			code := string(a) + string(b)
			addRegion(code)
			addLanguage(code)
			for _, c := range letters {
				addLanguage(code + string(c))
			}
		}
	}
	for n := range 1000 {
		addRegion(fmt.Sprintf("%03d", n))
	}
	return regions, languages
}
