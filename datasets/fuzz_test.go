package datasets

import (
	"bytes"
	"testing"
)

// Whatever the bytes are, a reader refuses them with an error or gives a set that
// Check can judge; it never panics and never allocates for sizes that the bytes
// cannot fill. The inputs under testdata/fuzz are run by every go test.

// judge checks a reader's result as Load does.
func judge(t *testing.T, e examples, err error) {
	if err != nil {
		return
	}
	s, err := e.set("fuzz", e.classes)
	if err != nil {
		return
	}
	if s.Len() == 0 || len(s.X) != s.Len()*s.Shape.Size() {
		t.Fatalf("accepted %d labels, %d values of %v", s.Len(), len(s.X), s.Shape)
	}
}

func FuzzIDX(f *testing.F) {
	pixels, ys := twelve()
	f.Add(idxBytes(pixels, 12, 2, 2), idxBytes(ys, 12))
	f.Add(idxBytes(pixels, 3, 2, 2, 4), idxBytes(ys[:3], 3))
	f.Add([]byte{0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 1, 0, 0, 0, 1}, []byte{0x1f, 0x8b})
	f.Fuzz(func(t *testing.T, images, ys []byte) {
		read := func(b []byte) (bytesArray, error) {
			r, limit, err := inflate(bytes.NewReader(b), int64(len(b)))
			if err != nil {
				return bytesArray{}, err
			}
			a, err := decodeIDX(r, limit)
			if err == nil && int64(len(a.data)) > limit {
				t.Fatalf("%d bytes came out of %d", len(a.data), len(b))
			}
			return a, err
		}
		a, errA := read(images)
		b, errB := read(ys)
		if errA != nil || errB != nil {
			return
		}
		e, err := idxExamples(a, b)
		judge(t, e, err)
	})
}

func FuzzNPY(f *testing.F) {
	f.Add(npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3), }\n", []byte{1, 2, 3, 4, 5, 6}), false)
	f.Add(npyBytes("{'descr': '>f8', 'fortran_order': False, 'shape': (1,), }\n", make([]byte, 8)), false)
	f.Add(npyBytes("{'descr': '<U2', 'fortran_order': True, 'shape': (1,), }\n", []byte{65, 0, 0, 0, 0, 0, 0, 0}), true)
	f.Fuzz(func(t *testing.T, b []byte, asLabels bool) {
		a, err := decodeNPY(bytes.NewReader(b), int64(len(b)), asLabels)
		if err != nil {
			return
		}
		count := 1
		for _, d := range a.dims {
			count *= d
		}
		if len(a.x)+a.labels.len() != count {
			t.Fatalf("%d values and %d labels for dimensions %v", len(a.x), a.labels.len(), a.dims)
		}
	})
}

func FuzzNPZ(f *testing.F) {
	x := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4, 3), }\n", make([]byte, 12))
	y := npyBytes("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }\n", []byte{0, 1, 0, 1})
	f.Add(zipOf(f, "X.npy", x, "y.npy", y), "X", "y", "table")
	f.Add(zipOf(f, "X.npy", x, "y.npy", y, "X.npy", x), "", "", "flat")
	f.Fuzz(func(t *testing.T, b []byte, x, y, layout string) {
		o := Own{X: x, Y: y, Layout: layout}
		if layout != "table" {
			o.High = 255
		}
		if layout == "flat" {
			o.Shape = Shape{1, 3, 1}
		}
		train, _, err := readZip(bytes.NewReader(b), int64(len(b)), "fuzz.npz", o)
		judge(t, train, err)
	})
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(iris), "label", "block")
	f.Add([]byte("y\ta\n10\t1\n9\t2\n10\t3\n9\t4\n"), "y", "")
	f.Fuzz(func(t *testing.T, b []byte, label, groups string) {
		for _, comma := range ",\t" {
			e, columns, err := readTable(bytes.NewReader(b), comma, Own{Y: label, Groups: groups})
			if err == nil && len(columns) != e.shape.Channels {
				t.Fatalf("%d columns, shape %v", len(columns), e.shape)
			}
			judge(t, e, err)
		}
	})
}

func FuzzCIFAR(f *testing.F) {
	f.Add(records(1, 0, 1), 1)
	f.Add(records(2, 0, 1)[:3074], 2)
	f.Fuzz(func(t *testing.T, b []byte, labelBytes int) {
		var e examples
		err := cifarRecords(bytes.NewReader(b), int64(len(b)), 1+labelBytes&1, &e)
		judge(t, e, err)
	})
}

func FuzzCIFARArchive(f *testing.F) {
	var members []member
	for _, m := range cifar10Members() {
		members = append(members, member{m.name, m.data[:min(len(m.data), 100)]})
	}
	f.Add(tarOf(f, members...))
	f.Fuzz(func(t *testing.T, b []byte) {
		i := Info{Name: "cifar10", Train: 5, Test: 1}
		train, _, err := i.unpackCIFAR(bytes.NewReader(b), cifar10Files())
		judge(t, train, err)
	})
}

func FuzzPicture(f *testing.F) {
	f.Add(pngClaiming(4, 3))
	f.Add([]byte("\xff\xd8\xff\xe0"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		img, err := decodePicture(bytes.NewReader(b))
		if err != nil {
			return
		}
		if s := img.Bounds(); s.Dx() < 1 || s.Dy() < 1 || s.Dx()*s.Dy() > maxPicture {
			t.Fatalf("accepted a picture of %v", s)
		}
	})
}
