package arrays

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The first bytes are those of the formats' own documents, or as the programs
// named there wrote them.
func TestForeignFilesAreNamedForWhatTheyAre(t *testing.T) {
	for _, c := range []struct {
		name, first string
		want        []string // words; none = not known
	}{
		{"train.npz", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", []string{"Git LFS pointer", "git lfs pull"}},
		{"train.csv", "/annex/objects/SHA256E-s31390--f50d.csv\n", []string{"git-annex", "git annex get train.csv"}},
		{"train.csv", "\n<!DOCTYPE html>\n<html><body>404", []string{"page of the web"}},
		{"a.mat", "MATLAB 5.0 MAT-file, Platform: GLNXA64", []string{"MATLAB", "loadmat('a.mat')", "savez('a.npz'"}},
		{"a.mat", "MATLAB 7.3 MAT-file, Platform: GLNXA64", []string{"7.3", "h5py.File('a.mat')"}},
		{"weights", "\x89HDF\r\n\x1a\n\x00", []string{"HDF5", "h5py"}},
		{"x.h5", "", []string{"HDF5"}},
		{"t.parquet", "PAR1\x15\x04", []string{"Parquet", "read_parquet('t.parquet').to_csv('t.csv',index=False)"}},
		{"t.csv", "PAR1\x15\x04", []string{"Parquet"}},
		{"t.feather", "ARROW1\x00\x00", []string{"Feather"}},
		// head of data_batch_1: Python 2's pickle, protocol 2 with keys of text
		{"data_batch_1", "\x80\x02}q\x01(U\x0bbatch_labelq\x02U\x15training batch 1 of 5", []string{"CIFAR", "layout=nchw", "binary version", "savez('data_batch_1.npz'"}},
		{"net.pt", "PK\x03\x04\x00\x00\x08\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0c\x00\x12\x00net/data.pkl", []string{"PyTorch", "torch.load('net.pt'"}},
		{"net.bin", "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.", []string{"PyTorch"}},
		{"a.pkl", "(dp0\n", []string{"pickle"}},
		{"a.npz", "\x80\x04\x95\x10\x00", []string{"pickle", "if you trust it"}},
		{"a.tfrecord", "\x10\x00\x00\x00\x00\x00\x00\x00", []string{"TensorFlow"}},
		{"a.xlsx", "PK\x03\x04", []string{"Excel"}},
		{"o'brien $(x).mat", "MATLAB 5.0 MAT-file", []string{"loadmat('FILE')"}},
		{"a.npz", "PK\x03\x04\x14\x00\x00\x00\x00\x00\x00\x00\x21\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00X.npy", nil},
		{"a.npy", "\x93NUMPY\x01\x00", nil},
		{"a.csv", "a,b,label\n1,2,3\n", nil},
		{"a.safetensors", "\x40\x00\x00\x00\x00\x00\x00\x00{", nil},
		{"train-images-idx3-ubyte", "\x00\x00\x08\x03", nil},
		{"", "", nil},
	} {
		got := Foreign("/data/"+c.name, []byte(c.first))
		if len(c.want) == 0 && got != "" {
			t.Errorf("%s is taken for a file of others: %s", c.name, got)
		}
		for _, word := range c.want {
			if !strings.Contains(got, word) {
				t.Errorf("%s: %q does not say %q", c.name, got, word)
			}
		}
	}
}

func TestForeignFileReadsRegularFilesAlone(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.dat")
	if err := os.WriteFile(path, []byte("PAR1"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := ForeignFile(path); !strings.Contains(got, "Parquet") {
		t.Errorf("got %q", got)
	}
	for _, none := range []string{dir, filepath.Join(dir, "absent.h5")} {
		if got := ForeignFile(none); got != "" {
			t.Errorf("%s: got %q", none, got)
		}
	}
}
