package datasets

import (
	"path/filepath"
	"testing"
)

// What is of no format that is read is named for what it is, with what to do.
func TestWhatIsNotReadIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		first string
		words []string
	}{
		"a.mat":                        {"MATLAB 5.0 MAT-file", []string{"a.mat: it is a MATLAB file", "loadmat('a.mat')"}},
		"a.h5":                         {"\x89HDF\r\n\x1a\n", []string{"HDF5", "h5py"}},
		"a.parquet":                    {"PAR1", []string{"Parquet"}},
		"a.pkl":                        {"\x80\x04", []string{"pickle"}},
		"a.pt":                         {"", []string{"PyTorch"}},
		"a.tfrecord":                   {"", []string{"TensorFlow"}},
		"photos.zip":                   {"PK\x03\x04", []string{"archive; unpack it"}},
		"cifar-10-binary.tar.gz":       {"\x1f\x8b", []string{"archive; unpack it"}},
		"train-images-idx3-ubyte.gz":   {"\x1f\x8b", []string{"one file of a set; give the path of the folder"}},
		"data_batch_1.bin":             {"", []string{"give the path of the folder"}},
		"a.jpg":                        {"\xff\xd8\xff", []string{"give the path of the folder"}},
		"py/data_batch_1":              {"\x80\x02}q\x01(U\x0bbatch_labelq\x02", []string{"its file data_batch_1 is of another format: it is a CIFAR batch of the Python version", "binary version"}},
		"flat/1.png":                   {"\x89PNG", []string{"holds pictures, such as 1.png, but no folders", "named for the class"}},
		"archive/Gun_TEST.ts":          {"@problemName Gun\n", []string{"it holds series, such as Gun_TEST.ts", "training part"}},
		"records/a.tfrecord":           {"", []string{"its file a.tfrecord", "TensorFlow"}},
		"nothing/readme.md":            {"hello", []string{"no format that can be read"}},
		"pointers/train.parquet":       {"version https://git-lfs.github.com/spec/v1\n", []string{"git lfs pull"}},
		"tables/validation.arrow":      {"", []string{"Arrow"}},
		"unknown.bin":                  {"\x00\x01", []string{"no format that can be read", "folder of pictures by class"}},
		"a page of the web/train.json": {"<html>", []string{"page of the web"}},
	} {
		path := write(t, filepath.Join(t.TempDir(), name), []byte(c.first))
		if filepath.Dir(name) != "." {
			path = filepath.Dir(path)
		}
		_, _, err := loadOwn(path, FileOptions{})
		refused(t, err, append(c.words, filepath.Base(path))...)
	}
	pipe := filepath.Join(t.TempDir(), "a.csv")
	makePipe(t, pipe)
	_, _, err := loadOwn(pipe, FileOptions{})
	refused(t, err, "a.csv", "not a regular file")
}
