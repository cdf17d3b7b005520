package datasets

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
)

// Arrays that nothing asks for are counted and named; a part to validate on where there
// is none to test on is refused with what decides it.
func TestArraysThatAreNotAskedFor(t *testing.T) {
	x := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (20, 1), }\n", make([]byte, 20))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (20,), }\n", bytes.Repeat([]byte{0, 1}, 10))
	file := func(members ...any) string {
		return write(t, filepath.Join(t.TempDir(), "a.npz"), zipOf(t, members...))
	}
	table := FileOptions{Layout: "table"}

	path := file("X.npy", x, "y.npy", y, "ids.npy", y, "name\x1b.npy", y)
	train, _, log, err := said(t, path, table)
	if err != nil || train.Len() != 16 || log != "data "+path+": left out: 2 arrays [ids name\ufffd], which no setting names\n" {
		t.Errorf("%v, %v, said %q", train, err, log)
	}
	path = file("X.npy", x, "y.npy", y, "X_val.npy", x, "y_val.npy", y)
	_, _, _, err = said(t, path, table)
	refused(t, err, "X_val beside X", "--own test_x=X_val,test_y=y_val", "--own test_share=0.2")
	stated := table
	stated.TestX, stated.TestY = "X_val", "y_val"
	if train, test, log, err := said(t, path, stated); err != nil || train.Len() != 20 || test.Len() != 20 || log != "" {
		t.Errorf("stated: %v, %v, %v, %q", train, test, err, log)
	}
	drawn := table
	drawn.TestShare = 0.2
	if train, _, log, err := said(t, path, drawn); err != nil || train.Len() != 16 || !strings.Contains(log, "2 arrays [X_val y_val]") {
		t.Errorf("drawn: %v, %v, %q", train, err, log)
	}
	path = file("X.npy", x, "y.npy", y, "X_test.npy", x, "y_test.npy", y, "X_val.npy", x, "y_val.npy", y)
	if train, test, log, err := said(t, path, table); err != nil || train.Len() != 20 || test.Len() != 20 || !strings.Contains(log, "2 arrays [X_val y_val]") {
		t.Errorf("test and val: %v, %v, %v, %q", train, test, err, log)
	}
}
