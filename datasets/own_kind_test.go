package datasets

import "testing"

// The kind that is named before reading is that of what is read.
func TestKindNamedIsTheKindRead(t *testing.T) {
	for _, c := range []struct {
		file string
		o    FileOptions
		kind Kind
	}{
		{"tokens.npz", FileOptions{Layout: "tokens"}, Tokens},
		{"texts.npz", FileOptions{Layout: "characters"}, Tokens},
		{"texts_train.csv", FileOptions{Layout: "words"}, Tokens},
		{"series.npz", FileOptions{Layout: "series", TestShare: -1}, Series},
		{"series.npz", FileOptions{Layout: "series-ct", X: "channels_first", TestShare: -1}, Series},
		{"Ragged_TRAIN.ts", FileOptions{}, Series},
		{"mixed_train.csv", FileOptions{}, Table},
	} {
		s, _, err := loadOwn(ownFile(c.file), c.o)
		if err != nil || s.Shape.KindOf() != c.kind || KindNamed(ownFile(c.file), c.o) != c.kind {
			t.Errorf("%s, %v: named %s, want %s: %v", c.file, c.o.Layout, KindNamed(ownFile(c.file), c.o), c.kind, err)
		}
	}
}
