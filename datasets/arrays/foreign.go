package arrays

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// foreignBytes is how much of a file's beginning tells what it is.
const foreignBytes = 1024

// ForeignFile is Foreign of a file on the disk: "" also where it cannot be read, is
// a folder or a pipe, or is nothing that is known.
func ForeignFile(path string) string {
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() { // opening a pipe would wait for its other end
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	first := make([]byte, foreignBytes)
	n, err := io.ReadFull(f, first)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return ""
	}
	return Foreign(path, first[:n])
}

// Foreign tells a file that other programs write, and that nothing here reads, by
// its first bytes (1 KiB is enough) and its name: what it is and what to type to
// convert it, the end of a sentence that began with the file's name. "" = none that
// is known, which may be a format that is read.
func Foreign(name string, first []byte) string {
	ending := strings.ToLower(filepath.Ext(name))
	for _, f := range foreign {
		if f.starts != nil && f.starts(first) || slices.Contains(f.endings, ending) && !known(first) {
			return "it is " + f.what + "; " + fill(f.next, name)
		}
	}
	return ""
}

// known says whether a file begins as those do that are read here, whatever its
// name ends in.
func known(first []byte) bool {
	return bytes.HasPrefix(first, []byte("\x93NUMPY"))
}

// foreignFormat is one format of others.
type foreignFormat struct {
	what    string
	starts  func(first []byte) bool // nil = its bytes do not tell
	endings []string                // of names, where the bytes do not tell
	next    string                  // FILE and STEM are its name and that without the ending
}

// foreign are the formats of others, those first whose first bytes are longest.
var foreign = []foreignFormat{
	{"a Git LFS pointer, a note of three lines in place of the file", begins("version https://git-lfs.github.com/spec/"), nil, "bring the file itself with: git lfs pull"},
	{"a git-annex pointer, a note in place of the file", begins("/annex/objects/"), nil, "bring the file itself with: git annex get FILE"},
	{"a page of the web, as a failed download leaves it", webPage, nil, "download the file again, and look at it first"},
	{"a MATLAB file of version 7.3, which is HDF5", begins("MATLAB 7.3 MAT-file"), nil,
		`convert it with: python -c "import h5py,numpy; f=h5py.File('FILE'); numpy.savez('STEM.npz',**{k:f[k][()].T for k in f if isinstance(f[k],h5py.Dataset)})"`},
	{"a MATLAB file", begins("MATLAB 5.0 MAT-file"), []string{".mat"},
		`convert it with: python -c "import scipy.io,numpy; f=scipy.io.loadmat('FILE'); numpy.savez('STEM.npz',**{k:v for k,v in f.items() if k[0]!='_'})"`},
	{"an HDF5 file", begins("\x89HDF\r\n\x1a\n"), []string{".h5", ".hdf5", ".hdf"},
		`convert it with: python -c "import h5py,numpy; f=h5py.File('FILE'); numpy.savez('STEM.npz',**{k:f[k][()] for k in f if isinstance(f[k],h5py.Dataset)})"`},
	{"a Parquet table", begins("PAR1"), []string{".parquet", ".pq"},
		`convert it with: python -c "import pandas; pandas.read_parquet('FILE').to_csv('STEM.csv',index=False)"`},
	{"an Arrow or Feather table", either(begins("ARROW1"), begins("FEA1")), []string{".arrow", ".feather"},
		`convert it with: python -c "import pandas; pandas.read_feather('FILE').to_csv('STEM.csv',index=False)"`},
	{"a CIFAR batch of the Python version, which is a pickle", cifarPickle, nil,
		`convert it with: python -c "import pickle,numpy; d=pickle.load(open('FILE','rb'),encoding='bytes'); numpy.savez('STEM.npz',X=d[b'data'].reshape(-1,3,32,32),y=d.get(b'labels') or d[b'fine_labels'])" and read STEM.npz with --own layout=nchw,low=0,high=255, or take the binary version`},
	{"a PyTorch file", torchFile, []string{".pt", ".pth"},
		`convert it, if it is a tensor or a dictionary of tensors, with: python -c "import torch,numpy; t=torch.load('FILE',map_location='cpu'); numpy.savez('STEM.npz',**{k:v.detach().float().numpy() if v.is_floating_point() else v.numpy() for k,v in (t if isinstance(t,dict) else {'train':t}).items()})"`},
	{"a Python pickle, which could run anything and is never opened here", pickled, []string{".pkl", ".pickle"},
		`convert it, if you trust it and it is a dictionary of arrays, with: python -c "import pickle,numpy; numpy.savez('STEM.npz',**pickle.load(open('FILE','rb')))"`},
	{"a file of TensorFlow records", nil, []string{".tfrecord", ".tfrecords"},
		"save the arrays that your input pipeline makes of it with numpy.savez('STEM.npz',X=x,y=y)"},
	{"an Excel table", begins("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), []string{".xls", ".xlsx"},
		`convert it with: python -c "import pandas; pandas.read_excel('FILE').to_csv('STEM.csv',index=False)"`},
	{"an SQLite database", begins("SQLite format 3\x00"), nil, "export one table as CSV"},
	{"an R data file", either(begins("RDX2\n"), begins("RDX3\n")), []string{".rds", ".rda", ".rdata"}, "write the table with: write.csv(x, 'STEM.csv', row.names=FALSE)"},
}

func begins(with string) func([]byte) bool {
	return func(first []byte) bool { return bytes.HasPrefix(first, []byte(with)) }
}

func either(a, b func([]byte) bool) func([]byte) bool {
	return func(first []byte) bool { return a(first) || b(first) }
}

func webPage(first []byte) bool {
	text := bytes.ToLower(bytes.TrimLeft(first, "\ufeff \t\r\n"))
	return bytes.HasPrefix(text, []byte("<!doctype html")) || bytes.HasPrefix(text, []byte("<html"))
}

// pickled is protocol 2 and later, which begin with two bytes of their own: the mark
// and the number.
func pickled(first []byte) bool {
	return len(first) > 2 && first[0] == 0x80 && first[1] >= 2 && first[1] <= 5
}

// cifarPickle is a dictionary whose first key is one of those of CIFAR's batches.
func cifarPickle(first []byte) bool {
	head := first[:min(len(first), 100)]
	return pickled(first) && slices.ContainsFunc([]string{"batch_label", "fine_labels", "coarse_labels"}, func(key string) bool { return bytes.Contains(head, []byte(key)) })
}

// torchFile is a zip whose first member is a folder's data.pkl, or the older form, a
// pickle of a magic number.
func torchFile(first []byte) bool {
	head := first[:min(len(first), 300)]
	return bytes.HasPrefix(first, []byte("PK\x03\x04")) && bytes.Contains(head, []byte("/data.pkl")) ||
		pickled(first) && bytes.Contains(head[:min(len(head), 30)], []byte("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"))
}

// plainName is a file's name that can stand between quotes in a line for a shell.
var plainName = regexp.MustCompile(`^[A-Za-z0-9_.+-]+$`)

// fill puts the name of the file into what to type next; one that a shell or Python
// could take for something else stays FILE.
func fill(next, name string) string {
	base := filepath.Base(name)
	stem := strings.TrimSuffix(base, filepath.Ext(base))
	if !plainName.MatchString(base) || stem == "" {
		base, stem = "FILE", "FILE"
	}
	return strings.NewReplacer("FILE", base, "STEM", stem).Replace(next)
}
