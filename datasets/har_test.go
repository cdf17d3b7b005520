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

// harMembers are the files of a part of so many windows, in which value 9·step + channel
// of window k is k + (9·step + channel)/2048; the labels go round, two windows a person.
func harMembers(part string, windows int) []any {
	var members []any
	for c, channel := range harChannels {
		var b bytes.Buffer
		for k := range windows {
			for step := range harSteps {
				fmt.Fprintf(&b, "  %.9e", float64(k)+float64(9*step+c)/2048)
			}
			b.WriteString("\n")
		}
		members = append(members, "UCI HAR Dataset/"+part+"/Inertial Signals/"+channel+"_"+part+".txt", b.Bytes())
	}
	var labels, people bytes.Buffer
	for k := range windows {
		fmt.Fprintln(&labels, k%3+1)
		fmt.Fprintln(&people, k/2+1)
	}
	return append(members, "UCI HAR Dataset/"+part+"/y_"+part+".txt", labels.Bytes(), "UCI HAR Dataset/"+part+"/subject_"+part+".txt", people.Bytes())
}

func harArchive(t *testing.T, members []any) []byte {
	return zipOf(t, "UCI HAR Dataset.zip", zipOf(t, members...), "UCI HAR Dataset.names", []byte("what it is"))
}

func TestHARFetched(t *testing.T) {
	members := append(harMembers("train", 6), harMembers("test", 6)...)
	i := serveNamed(t, "uci-har", 6, 6, harArchive(t, append(members, "UCI HAR Dataset/README.txt", []byte("read"))))
	train, test, err := i.load(context.Background(), Options{Log: io.Discard})
	if err != nil {
		t.Fatal(err)
	}
	for k := range 6 {
		row := train.Row(k)
		for j, v := range row[:9*harSteps] {
			if v != float32(k)+float32(j)/2048 {
				t.Fatalf("window %d, value %d is %v", k, j, v)
			}
		}
		if row[9*harSteps] != harSteps {
			t.Errorf("window %d has %v steps", k, row[9*harSteps])
		}
	}
	if got := fmt.Sprint(train.Y, test.Y, train.Groups, train.Classes[1]); got != "[0 1 2 0 1 2] [0 1 2 0 1 2] [0 0 1 1 2 2]walking upstairs" {
		t.Error(got)
	}
	if again, _, err := i.load(context.Background(), Options{Offline: true}); err != nil || again.Hash() != train.Hash() {
		t.Errorf("from the cache: %v", err)
	}
}

func TestHARRefuses(t *testing.T) {
	good := append(harMembers("train", 6), harMembers("test", 6)...)
	changed := func(name string, change func(string) string) []any {
		members := append([]any(nil), good...)
		for k := 0; k < len(members); k += 2 {
			if strings.HasSuffix(members[k].(string), name) {
				members[k+1] = []byte(change(string(members[k+1].([]byte))))
			}
		}
		return members
	}
	first := func(old, new string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, new, 1) }
	}
	for name, c := range map[string]struct {
		archive []byte
		words   []string
	}{
		"no zip":    {[]byte("hello"), []string{"zip", "fetch it again"}},
		"no inner":  {zipOf(t, "a", []byte("b")), []string{"no member UCI HAR Dataset.zip"}},
		"bad inner": {zipOf(t, "UCI HAR Dataset.zip", []byte("b")), []string{"member UCI HAR Dataset.zip", "zip"}},
		"missing":   {harArchive(t, good[2:]), []string{"no member body_acc_x_train.txt"}},
		"twice":     {harArchive(t, append(good[:2:2], good...)), []string{"two members named body_acc_x_train.txt"}},
		"numbers":   {harArchive(t, changed("total_acc_z_test.txt", first("\n", " 1.0\n"))), []string{"member total_acc_z_test.txt, line 1: it holds 129 numbers and not 128"}},
		"NaN":       {harArchive(t, changed("body_gyro_x_train.txt", first("e+00", "e+99"))), []string{"member body_gyro_x_train.txt, line 2", "no finite number"}},
		"lines":     {harArchive(t, changed("/y_train.txt", func(s string) string { return s + "1\n" })), []string{"member y_train.txt holds 7 lines and not 6"}},
		"label":     {harArchive(t, changed("/y_train.txt", first("1", "7"))), []string{`"6"`, "walking"}},
	} {
		t.Run(name, func(t *testing.T) {
			i := serveNamed(t, "uci-har", 6, 6, c.archive)
			dir := t.TempDir()
			write(t, filepath.Join(dir, i.Name, i.Files[0].Name), c.archive)
			_, _, err := i.load(context.Background(), Options{Dir: dir, Offline: true})
			refused(t, err, c.words...)
		})
	}
}
