package datasets

import (
	"embed"
	"fmt"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/seed"
)

//go:generate go run ./internal/words words

// wordsFS holds what regions and languages are called in twelve languages, chosen by
// internal/words, and the licence of the names.
//
//go:embed words
var wordsFS embed.FS

// wordsFiles are the embedded file, as internal/words wrote and printed it.
var wordsFiles = []File{
	{Name: "names.txt", Size: 104752, SHA256: "852979790ab2f0a8bfb49cd1ed6914f5f3682e26255daab2514071be4e48b67b", Content: "852979790ab2f0a8bfb49cd1ed6914f5f3682e26255daab2514071be4e48b67b"},
}

// tongues are the languages of words by their codes; the classes are their names, in
// the order of the alphabet.
var tongues = map[string]string{
	"cs": "Czech", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish", "fr": "French",
	"it": "Italian", "nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "sv": "Swedish", "tr": "Turkish",
}

// wordsLongest is the number of characters of the longest name; internal/words leaves
// out longer ones.
const wordsLongest = 24

// wordsCharacters is how many characters occur in names.
const wordsCharacters = 125

// loadWords reads the names and draws by the seed the label of each that stands in
// several languages, in equal shares, and which names are the test part. The lot of a
// name depends on the seed and the name alone.
func loadWords(i Info, o Options) (train, test *Set, err error) {
	content, err := wordsFiles[0].readEmbedded(wordsFS, "words", i.Name)
	if err != nil {
		return nil, nil, err
	}
	all := &Set{Name: i.Name, Shape: i.Shape, Classes: i.Classes}
	var texts [][]string
	for line := range strings.Lines(string(content)) {
		name, codes, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		in := strings.Split(codes, ",")
		code := in[0]
		if len(in) > 1 {
			code = in[seed.Stream(o.rootSeed(), "words", "label", name).IntN(len(in))]
		}
		y, err := i.indexOf(tongues[code])
		if err != nil {
			return nil, nil, fmt.Errorf("embedded file %s, name %q: %w", wordsFiles[0].Name, name, err)
		}
		texts = append(texts, strings.Split(name, ""))
		all.Y = append(all.Y, y)
		all.ByChance = append(all.ByChance, len(in) > 1)
	}
	characters := slices.Concat(texts...)
	slices.Sort(characters)
	all.Tokens = newVocabulary(slices.Compact(characters), "")
	all.X = tokenRows(all.Shape, all.Tokens, texts)
	return i.divide(all, o.rootSeed())
}
