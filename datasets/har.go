package datasets

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

const (
	harSteps = 128
	mostHAR  = 1 << 27 // bytes of a member of the archive
	harInner = "UCI HAR Dataset.zip"
)

// harChannels are the signals in the order of the channels: acceleration of the body,
// angular velocity, and acceleration with gravity, along three axes each.
var harChannels = []string{
	"body_acc_x", "body_acc_y", "body_acc_z", "body_gyro_x", "body_gyro_y", "body_gyro_z", "total_acc_x", "total_acc_y", "total_acc_z",
}

// loadHAR reads UCI HAR from its archive, which holds another one. The person of each
// window is its group, since labels of different people are not to be exchanged.
func (i Info) loadHAR(ctx context.Context, dir string) (train, test *Set, err error) {
	packed := filepath.Join(dir, i.Files[0].Name)
	if err := i.Files[0].checkArchive(ctx, packed, i.Name); err != nil {
		return nil, nil, err
	}
	a, b, err := openHAR(ctx, packed, i.Train, i.Test)
	if err != nil {
		return nil, nil, fmt.Errorf("file %s: %w; fetch it again", packed, err)
	}
	return i.buildSets(dir, a, b)
}

// openHAR reads both parts, of so many windows, out of the archive in the archive.
func openHAR(ctx context.Context, archive string, trains, tests int) (train, test examples, err error) {
	outer, err := zip.OpenReader(archive)
	if err != nil {
		return train, test, err
	}
	defer outer.Close()
	content, err := zipMember(ctx, &outer.Reader, harInner)
	if err != nil {
		return train, test, err
	}
	inner, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return train, test, fmt.Errorf("its member %s: %w", harInner, err)
	}
	if train, err = harPart(ctx, inner, "train", trains); err == nil {
		test, err = harPart(ctx, inner, "test", tests)
	}
	return train, test, err
}

// zipMember is the content of the one member of an archive with this last part of its
// path.
func zipMember(ctx context.Context, z *zip.Reader, name string) ([]byte, error) {
	is := func(f *zip.File) bool { return path.Base(f.Name) == name }
	k := slices.IndexFunc(z.File, is)
	if k < 0 {
		return nil, fmt.Errorf("it holds no member %s", name)
	}
	if slices.ContainsFunc(z.File[k+1:], is) {
		return nil, fmt.Errorf("it holds two members named %s", name)
	}
	r, err := z.File[k].Open()
	if err != nil {
		return nil, fmt.Errorf("its member %s: %w", name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(contextReader{ctx, r}, mostHAR+1))
	if err == nil && len(b) > mostHAR {
		err = fmt.Errorf("it is of more than %d bytes", mostHAR)
	}
	if err != nil {
		return nil, fmt.Errorf("its member %s: %w", name, err)
	}
	return b, nil
}

// harPart reads n windows of a part: nine files of signals, those of labels, from 1 on,
// and those of people, a window a line each.
func harPart(ctx context.Context, z *zip.Reader, part string, n int) (e examples, err error) {
	e.shape = Shape{Height: harSteps, Width: 1, Channels: len(harChannels), Kind: Series}
	rows := e.shape.RowSize()
	e.x = make([]float32, n*rows)
	for c, channel := range harChannels {
		values, err := numbersOf(ctx, z, channel+"_"+part+".txt", n, harSteps)
		if err != nil {
			return e, err
		}
		for k, v := range values {
			e.x[k/harSteps*rows+k%harSteps*len(harChannels)+c] = float32(v)
		}
	}
	labels, err := numbersOf(ctx, z, "y_"+part+".txt", n, 1)
	if err != nil {
		return e, err
	}
	people, err := numbersOf(ctx, z, "subject_"+part+".txt", n, 1)
	if err != nil {
		return e, err
	}
	e.labels = arrays.Labels{Ints: make([]int64, n)}
	e.groups = arrays.Labels{Ints: make([]int64, n)}
	for k := range n {
		e.labels.Ints[k], e.groups.Ints[k] = int64(labels[k])-1, int64(people[k])
		e.x[(k+1)*rows-1] = harSteps
	}
	return e, nil
}

// numbersOf reads a member of so many lines of so many finite numbers each.
func numbersOf(ctx context.Context, z *zip.Reader, name string, lines, each int) ([]float64, error) {
	content, err := zipMember(ctx, z, name)
	if err != nil {
		return nil, err
	}
	var all []float64
	n := 0
	scan := bufio.NewScanner(bytes.NewReader(content))
	for ; scan.Scan(); n++ {
		cells := bytes.Fields(scan.Bytes())
		if len(cells) != each {
			return nil, fmt.Errorf("its member %s, line %d: it holds %d numbers and not %d", name, n+1, len(cells), each)
		}
		for _, cell := range cells {
			v, err := strconv.ParseFloat(string(cell), 64)
			if err != nil || math.IsNaN(v) || math.Abs(v) > math.MaxFloat32 {
				return nil, fmt.Errorf("its member %s, line %d: %q is no finite number", name, n+1, cell)
			}
			all = append(all, v)
		}
	}
	if err := scan.Err(); err != nil {
		return nil, fmt.Errorf("its member %s, line %d: %w", name, n+1, err)
	}
	if n != lines {
		return nil, fmt.Errorf("its member %s holds %d lines and not %d", name, n, lines)
	}
	return all, nil
}
