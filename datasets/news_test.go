package datasets

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

// newsFile is a file in the form of AG News: class, title and description in quotes.
func newsFile(texts ...[2]string) []byte {
	var b bytes.Buffer
	for i, t := range texts {
		fmt.Fprintf(&b, "\"%d\",\"%s\",\"%s\"\n", i%2+1, t[0], t[1])
	}
	return b.Bytes()
}

func newsArchive(t *testing.T, train, test []byte) []byte {
	return tarOf(t, member{"ag_news_csv/classes.txt", []byte("World\nSports\n")}, member{"ag_news_csv/test.csv", test}, member{"ag_news_csv/train.csv", train})
}

func TestNewsFetched(t *testing.T) {
	train := newsFile([2]string{`Rain, ""rain"" &amp; U.S. Rain`, `It\rains`}, [2]string{"Été 2004", strings.Repeat("goal ", 70)}, [2]string{"wind", "it"}, [2]string{"goal", "it"})
	test := newsFile([2]string{"GOAL", "unheard"}, [2]string{"wind", "it"}, [2]string{"wind", "it"}, [2]string{"été", "it"})
	i := serveNamed(t, "ag-news", 4, 4, newsArchive(t, train, test))
	i.Shape.Vocabulary = 2 + 10
	a, b, err := i.load(context.Background(), Options{Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(a.Tokens.Words, " "); got != "<pad> <mask> goal it rain 2004 amp rains s u wind été" {
		t.Errorf("words %q", got)
	}
	text := func(s *Set, i int) string {
		var words []string
		for _, v := range s.Row(i)[:s.Shape.Length(s.Row(i))] {
			words = append(words, s.Tokens.Words[int(v)])
		}
		return strings.Join(words, s.Tokens.Space)
	}
	for _, c := range []struct{ got, want string }{
		{text(a, 0), "rain rain amp u s rain it rains"},
		{text(a, 1), "été 2004" + strings.Repeat(" goal", 62)}, // cropped at 64
		{text(b, 0), "goal <mask>"},
		{fmt.Sprint(a.Y, b.Y, a.Classes[:2]), "[0 1 0 1] [0 1 0 1] [World Sports]"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
	if again, _, err := i.load(context.Background(), Options{Offline: true}); err != nil || again.Hash() != a.Hash() {
		t.Errorf("from the cache: %v", err)
	}
}

func TestNewsRefuses(t *testing.T) {
	good := newsFile([2]string{"a", "b"}, [2]string{"b", "a"}, [2]string{"a", "b"}, [2]string{"b", "a"})
	for name, c := range map[string]struct {
		archive []byte
		words   []string
	}{
		"no gzip":  {[]byte("hello"), []string{"gzip", "fetch it again"}},
		"cut off":  {newsArchive(t, good, good)[:100], []string{"fetch it again"}},
		"missing":  {tarOf(t, member{"train.csv", good}), []string{"no member test.csv"}},
		"twice":    {tarOf(t, member{"train.csv", good}, member{"b/train.csv", good}), []string{"two members named train.csv"}},
		"cells":    {newsArchive(t, []byte("\"1\",\"a\"\n"), good), []string{"member ag_news_csv/train.csv", "line 1", "wrong number of fields"}},
		"class":    {newsArchive(t, bytes.Replace(good, []byte(`"1"`), []byte(`"one"`), 1), good), []string{"line 1", `"one" is no number of a class`}},
		"outside":  {newsArchive(t, bytes.Replace(good, []byte(`"1"`), []byte(`"9"`), 1), good), []string{`"8"`, "World"}},
		"no words": {newsArchive(t, newsFile([2]string{"...", "!"}), good), []string{"line 1", "no words"}},
		"few":      {newsArchive(t, append(bytes.Clone(good), good...), good), []string{"4 training and 4 test examples, but there are 8 and 4"}},
	} {
		t.Run(name, func(t *testing.T) {
			i := serveNamed(t, "ag-news", 4, 4, c.archive)
			i.Shape.Vocabulary = 4
			dir := t.TempDir()
			write(t, filepath.Join(dir, i.Name, i.Files[0].Name), c.archive)
			_, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
			refused(t, err, c.words...)
		})
	}
}
