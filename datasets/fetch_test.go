package datasets

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// server serves a made-up set of four IDX files on loopback, as misbehave says.
type server struct {
	*httptest.Server
	files map[string][]byte

	mu        sync.Mutex
	misbehave func(w http.ResponseWriter, q *http.Request, file []byte) bool // true = it has answered
	asked     []string                                                       // file and Range of every request
}

func (s *server) behave(as func(w http.ResponseWriter, q *http.Request, file []byte) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.misbehave, s.asked = as, nil
}

func (s *server) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

func serve(t *testing.T) (*server, Info) {
	pixels, ys := twelve()
	big := bytes.Repeat(pixels, 4000) // 192 kB: more than one read
	labels := bytes.Repeat(ys, 4000)
	s := &server{files: map[string][]byte{
		trainImages: idxBytes(big, 48000, 2, 2), trainLabels: zipped(t, idxBytes(labels, 48000)),
		testImages: zipped(t, idxBytes(pixels, 12, 2, 2)), testLabels: idxBytes(ys, 12),
	}}
	s.Server = httptest.NewUnstartedServer(s)
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // cut connections are meant
	s.Start()
	t.Cleanup(s.Close)
	i := Info{Name: "made-up", License: "none", Shape: Shape{Height: 2, Width: 2, Channels: 1}, Classes: []string{"a", "b", "c"}, Train: 48000, Test: 12, Mirrors: []string{s.URL + "/"}}
	for _, name := range []string{trainImages, trainLabels, testImages, testLabels} {
		sum := sha256.Sum256(s.files[name])
		i.Files = append(i.Files, File{Name: name, Size: int64(len(s.files[name])), SHA256: hex.EncodeToString(sum[:])})
	}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("MEMTEST_DATA", "")
	return s, i
}

func (s *server) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	name := filepath.Base(q.URL.Path)
	s.mu.Lock()
	s.asked = append(s.asked, strings.TrimSpace(name+" "+q.Header.Get("Range")))
	misbehave := s.misbehave
	s.mu.Unlock()
	file, ok := s.files[name]
	if !ok {
		http.NotFound(w, q)
		return
	}
	if misbehave != nil && misbehave(w, q, file) {
		return
	}
	http.ServeContent(w, q, "", time.Time{}, bytes.NewReader(file))
}

// breakOff sends some bytes of what was promised and cuts the connection.
func breakOff(w http.ResponseWriter, promise int, b []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(promise))
	_, _ = w.Write(b)
	w.(http.Flusher).Flush()
	panic(http.ErrAbortHandler)
}

func TestFetch(t *testing.T) {
	s, i := serve(t)
	var said bytes.Buffer
	var told []Progress
	o := Options{Log: &said, Progress: func(p Progress) { told = append(told, p) }}
	train, test, err := i.load(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if train.Len() != 48000 || test.Len() != 12 || test.Row(3)[1] != 60.0/255 || test.Classes[1] != "b" {
		t.Errorf("loaded %d and %d examples", train.Len(), test.Len())
	}
	if !strings.Contains(said.String(), "downloading data set made-up") || strings.Count(said.String(), "\n") != 1 {
		t.Errorf("said %q", said.String())
	}
	if last := told[len(told)-1]; last.Done != last.Total || last.File != testLabels || last.Set != "made-up" || last.From != s.URL+"/"+testLabels {
		t.Errorf("last progress %+v", last)
	}
	if !slices.IsSortedFunc(told, func(a, b Progress) int {
		if a.File != b.File {
			return 0
		}
		return int(a.Done - b.Done)
	}) {
		t.Error("progress went backwards")
	}
	before := len(s.requests())
	if _, _, err := i.load(context.Background(), Options{Offline: true}); err != nil {
		t.Errorf("from the cache: %v", err)
	}
	if before != 4 || len(s.requests()) != before {
		t.Errorf("asked for %q", s.requests())
	}
	dir, _ := i.cacheDir()
	if left, _ := filepath.Glob(filepath.Join(dir, ".*.part")); len(left) != 0 {
		t.Errorf("left %v", left)
	}
}

func TestOfflineAsksNobody(t *testing.T) {
	s, i := serve(t)
	_, _, err := i.load(context.Background(), Options{Offline: true, Dir: "/nowhere"})
	refused(t, err, "made-up", "/nowhere", "forbidden", "MEMTEST_DATA")
	if len(s.requests()) != 0 {
		t.Errorf("asked for %q", s.requests())
	}
}

func TestSearchOrder(t *testing.T) {
	s, i := serve(t)
	i.Train, i.Test = 12, 12
	pixels, ys := twelve()
	put := func(dir string, first byte) {
		b := bytes.Clone(pixels)
		b[0] = first
		write(t, filepath.Join(dir, "train-images.idx3-ubyte"), idxBytes(b, 12, 2, 2))
		for name, content := range map[string][]byte{"train-labels-idx1-ubyte": idxBytes(ys, 12), "t10k-images-idx3-ubyte": idxBytes(pixels, 12, 2, 2), "t10k-labels-idx1-ubyte": idxBytes(ys, 12)} {
			write(t, filepath.Join(dir, name), content)
		}
	}
	given, env := t.TempDir(), t.TempDir()
	cache, err := i.cacheDir()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("MEMTEST_DATA", env)
	// From the last place to the first, each new one must win.
	for k, dir := range []string{cache, filepath.Join(env, "made-up"), filepath.Join(given, "made-up")} {
		put(dir, byte(100+k))
		train, _, err := i.load(context.Background(), Options{Dir: given})
		if err != nil {
			t.Fatal(err)
		}
		if got := train.X[0] * 255; got != float32(100+k) {
			t.Errorf("with %s the first pixel is %v, want %d", dir, got, 100+k)
		}
	}
	if len(s.requests()) != 0 {
		t.Errorf("asked for %q", s.requests())
	}
}

// Folders that are named for no set may hold the files of another one, under the
// same names: they are taken only where their sums are known to be the set's.
func TestBareFolder(t *testing.T) {
	s, i := serve(t)
	bare, other := t.TempDir(), t.TempDir()
	pixels, ys := twelve()
	for name, plain := range map[string][]byte{trainImages: idxBytes(pixels, 12, 2, 2), trainLabels: idxBytes(ys, 12), testImages: idxBytes(pixels, 12, 2, 2), testLabels: idxBytes(ys, 12)} {
		write(t, filepath.Join(other, strings.TrimSuffix(name, ".gz")), plain)
	}
	for name, file := range s.files {
		write(t, filepath.Join(bare, name), file)
	}
	t.Setenv("MEMTEST_DATA", bare)
	// The four files in other go by the set's names; the next folder has its own.
	train, _, err := i.load(context.Background(), Options{Dir: other, Offline: true})
	if err != nil || train.Len() != 48000 {
		t.Fatalf("%v, %v", train, err)
	}
	// Without that folder they are no more the set's.
	t.Setenv("MEMTEST_DATA", "")
	_, _, err = i.load(context.Background(), Options{Dir: other, Offline: true})
	refused(t, err, "made-up", other, "are not known to be of this set", "put them into "+filepath.Join(other, "made-up"))
	if errors.Is(err, ErrAbsent) {
		t.Errorf("%v says that nothing is there", err)
	}
	// One damaged file among the set's own is named, wherever else the set may be.
	for name, file := range s.files {
		if name == testLabels {
			file = file[:len(file)-1]
		}
		write(t, filepath.Join(bare, "damaged", name), file)
	}
	t.Setenv("MEMTEST_DATA", bare)
	_, _, err = i.load(context.Background(), Options{Dir: filepath.Join(bare, "damaged"), Offline: true})
	refused(t, err, "made-up", filepath.Join(bare, "damaged", testLabels), "the other files in its folder are of the set")
	if errors.Is(err, ErrAbsent) {
		t.Errorf("%v says that nothing is there", err)
	}
	t.Setenv("MEMTEST_DATA", "")
	// Unzipped files are the set's too where their own sums are known.
	for k, f := range i.Files {
		plain := filepath.Join(bare, "plain", strings.TrimSuffix(f.Name, ".gz"))
		content := s.files[f.Name]
		if z, err := gzip.NewReader(bytes.NewReader(content)); err == nil {
			if content, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		}
		write(t, plain, content)
		sum := sha256.Sum256(content)
		i.Files[k].Content = hex.EncodeToString(sum[:])
	}
	if train, _, err = i.load(context.Background(), Options{Dir: filepath.Join(bare, "plain"), Offline: true}); err != nil || train.Len() != 48000 {
		t.Errorf("unzipped: %v, %v", train, err)
	}
	if len(s.requests()) != 0 {
		t.Errorf("asked for %q", s.requests())
	}
}

// A file of another set is named as that, and nobody is told to remove it.
func TestFileOfAnotherSet(t *testing.T) {
	mnist, _ := lookup("mnist")
	for _, name := range []string{"kmnist", "fashion-mnist"} {
		i, _ := lookup(name)
		for k, f := range mnist.Files {
			err := i.Files[k].check("/data/"+f.Name, digests{file: f.Content, content: f.Content}, name)
			refused(t, err, "/data/"+f.Name, "is the "+f.Name+" of mnist, not of "+name, "move it into a folder of its own, named mnist")
		}
	}
}

func TestFetchResumes(t *testing.T) {
	s, i := serve(t)
	breaks := 3
	s.behave(func(w http.ResponseWriter, q *http.Request, file []byte) bool {
		if breaks--; breaks < 0 || !strings.HasSuffix(q.URL.Path, trainImages) {
			return false
		}
		if q.Header.Get("Range") != "" {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %s%d/%d", strings.TrimPrefix(q.Header.Get("Range"), "bytes="), len(file)-1, len(file)))
			w.WriteHeader(http.StatusPartialContent)
			var from int
			fmt.Sscanf(q.Header.Get("Range"), "bytes=%d-", &from)
			_, _ = w.Write(file[from : from+50000])
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}
		breakOff(w, len(file), file[:50000])
		return true
	})
	if _, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	want := []string{trainImages, trainImages + " bytes=50000-", trainImages + " bytes=100000-", trainImages + " bytes=150000-", trainLabels, testImages, testLabels}
	if !slices.Equal(s.requests(), want) {
		t.Errorf("asked for %q, want %q", s.requests(), want)
	}
}

func TestFetchResumesInALaterCall(t *testing.T) {
	s, i := serve(t)
	s.behave(func(w http.ResponseWriter, q *http.Request, file []byte) bool {
		if q.Header.Get("Range") != "" {
			http.Error(w, "tired", http.StatusServiceUnavailable)
			return true
		}
		breakOff(w, len(file), file[:1000])
		return true
	})
	_, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}})
	refused(t, err, trainImages, "could not be downloaded", "503", "try again")
	s.behave(nil)
	if _, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	if s.requests()[0] != trainImages+" bytes=1000-" || len(s.requests()) != 4 {
		t.Errorf("asked for %q", s.requests())
	}
}

func TestFetchRefuses(t *testing.T) {
	chunked := func(b ...[]byte) func(w http.ResponseWriter, q *http.Request, file []byte) bool {
		return func(w http.ResponseWriter, _ *http.Request, file []byte) bool {
			w.(http.Flusher).Flush() // no Content-Length then
			for _, part := range append([][]byte{file}, b...) {
				_, _ = w.Write(part)
			}
			return true
		}
	}
	for name, c := range map[string]struct {
		misbehave func(w http.ResponseWriter, q *http.Request, file []byte) bool
		words     []string
	}{
		"not there": {func(w http.ResponseWriter, q *http.Request, _ []byte) bool { http.NotFound(w, q); return true }, []string{"404"}},
		"a page instead": {func(w http.ResponseWriter, _ *http.Request, _ []byte) bool {
			_, _ = w.Write([]byte("<html>please log in</html>"))
			return true
		}, []string{"offers 26 bytes"}},
		"another size": {func(w http.ResponseWriter, _ *http.Request, file []byte) bool {
			_, _ = w.Write(append(bytes.Clone(file), 0))
			return true
		}, []string{"sent more than the 192016 bytes"}},
		"without a size, too much": {chunked(make([]byte, 1<<20)), []string{"sent more than the 192016 bytes"}},
		"without a size, too little": {func(w http.ResponseWriter, _ *http.Request, file []byte) bool {
			w.(http.Flusher).Flush()
			return true
		}, []string{"broke off after 0 of 192016 bytes"}},
		"promises more than comes": {func(w http.ResponseWriter, _ *http.Request, file []byte) bool {
			breakOff(w, len(file), nil)
			return true
		}, []string{"broke off after 0"}},
		"wrong bytes": {func(w http.ResponseWriter, _ *http.Request, file []byte) bool {
			bad := bytes.Clone(file)
			bad[77]++
			w.Header().Set("Content-Length", strconv.Itoa(len(bad)))
			_, _ = w.Write(bad)
			return true
		}, []string{"SHA-256", "expected"}},
		"wrong range": {func(w http.ResponseWriter, q *http.Request, file []byte) bool {
			if q.Header.Get("Range") == "" {
				breakOff(w, len(file), file[:100])
			}
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 7-%d/%d", len(file)-1, len(file)))
			w.WriteHeader(http.StatusPartialContent)
			return true
		}, []string{"range", "asked for bytes from 100"}},
	} {
		t.Run(name, func(t *testing.T) {
			s, i := serve(t)
			s.behave(func(w http.ResponseWriter, q *http.Request, file []byte) bool {
				return strings.HasSuffix(q.URL.Path, trainImages) && c.misbehave(w, q, file)
			})
			_, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}})
			refused(t, err, append(c.words, "made-up", trainImages)...)
			dir, _ := i.cacheDir()
			if findFile(dir, trainImages) != "" {
				t.Error("a file that is not the file lies in the cache")
			}
			// A good second mirror saves the day.
			good, _ := serve(t)
			i.Mirrors = append(i.Mirrors, good.URL+"/")
			if _, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}}); err != nil {
				t.Errorf("with a good mirror: %v", err)
			}
		})
	}
}

func TestServerThatStalls(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write(make([]byte, 10))
		w.(http.Flusher).Flush()
		<-release
	}))
	defer s.Close()
	defer close(release)
	out, err := os.Create(filepath.Join(t.TempDir(), "part"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	d := download{url: s.URL, out: out, size: 100, stall: 50 * time.Millisecond, tell: func(int64) {}}
	done, err := d.attempt(context.Background(), 0)
	refused(t, err, "no byte came for 50ms", "after 10 of 100")
	if done != 10 {
		t.Errorf("%d bytes are there", done)
	}
}

func TestFetchCanBeCanceled(t *testing.T) {
	s, i := serve(t)
	ctx, cancel := context.WithCancel(context.Background())
	release := make(chan struct{})
	defer close(release)
	s.behave(func(w http.ResponseWriter, _ *http.Request, file []byte) bool {
		w.Header().Set("Content-Length", strconv.Itoa(len(file)))
		_, _ = w.Write(file[:5000])
		w.(http.Flusher).Flush()
		cancel()
		<-release
		return true
	})
	_, _, err := i.load(ctx, Options{Log: &bytes.Buffer{}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	dir, _ := i.cacheDir()
	if findFile(dir, trainImages) != "" {
		t.Error("half a file has its final name")
	}
}

func TestReadOnlyCache(t *testing.T) {
	s, i := serve(t)
	t.Setenv("XDG_CACHE_HOME", write(t, filepath.Join(t.TempDir(), "file"), []byte("no folder")))
	_, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}})
	refused(t, err, "made-up", "cannot be written", "XDG_CACHE_HOME", "MEMTEST_DATA")
	if len(s.requests()) != 0 {
		t.Errorf("asked for %q", s.requests())
	}

	if os.Geteuid() == 0 {
		return // nothing is read-only for root
	}
	locked := t.TempDir()
	if err := os.Chmod(locked, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Setenv("XDG_CACHE_HOME", locked)
	_, _, err = i.load(context.Background(), Options{Log: &bytes.Buffer{}})
	refused(t, err, "made-up", "cannot be written")
}

// Data in a cache into which everybody can write may be anybody's: they are not
// read, and none are written there.
func TestCacheOfOthers(t *testing.T) {
	s, i := serve(t)
	if _, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	dir, err := i.cacheDir()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if err := os.Chmod(filepath.Dir(dir), 0o777); err != nil {
		t.Fatal(err)
	}
	asked := len(s.requests())
	_, _, err = i.load(context.Background(), Options{Log: &bytes.Buffer{}})
	refused(t, err, "made-up", filepath.Dir(dir)+" can be written by everybody", "XDG_CACHE_HOME", "MEMTEST_DATA")
	if len(s.requests()) != asked {
		t.Errorf("asked for %q", s.requests())
	}
}

func TestDamagedCacheIsNoticed(t *testing.T) {
	_, i := serve(t)
	if _, _, err := i.load(context.Background(), Options{Log: &bytes.Buffer{}}); err != nil {
		t.Fatal(err)
	}
	dir, _ := i.cacheDir()
	pixels, _ := twelve()
	pixels[9] ^= 1
	write(t, filepath.Join(dir, testImages), zipped(t, idxBytes(pixels, 12, 2, 2)))
	_, _, err := i.load(context.Background(), Options{})
	refused(t, err, testImages, "SHA-256", "move it away and fetch the set again")
}

// Nobody is told of a download where nobody was asked to be: a library does not
// print.
func TestFetchIsSilent(t *testing.T) {
	_, i := serve(t)
	said, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = said
	_, _, err = i.load(context.Background(), Options{})
	os.Stderr = before
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(said.Name()); err != nil || len(text) > 0 {
		t.Errorf("printed %q (%v)", text, err)
	}
}

// Two processes want the same set at the same time: each file is asked for once.
func TestTwoProcesses(t *testing.T) {
	s, i := serve(t)
	// No file is sent before both have said that they are about to ask.
	var ready sync.WaitGroup
	ready.Add(2)
	doors := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ready.Done() }))
	defer doors.Close()
	s.behave(func(http.ResponseWriter, *http.Request, []byte) bool {
		ready.Wait()
		return false
	})
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			c := exec.Command(os.Args[0], "-test.run=^TestHelperFetches$")
			c.Env = append(os.Environ(), "MEMTEST_TEST_MIRROR="+i.Mirrors[0], "MEMTEST_TEST_READY="+doors.URL)
			for _, f := range i.Files {
				c.Env = append(c.Env, fmt.Sprintf("MEMTEST_TEST_%s=%d %s", f.Name, f.Size, f.SHA256))
			}
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	wait.Wait()
	if len(s.requests()) != 4 {
		t.Errorf("asked for %q", s.requests())
	}
}

// TestHelperFetches is the process that TestTwoProcesses starts.
func TestHelperFetches(t *testing.T) {
	mirror := os.Getenv("MEMTEST_TEST_MIRROR")
	if mirror == "" {
		return
	}
	i := Info{Name: "made-up", Shape: Shape{Height: 2, Width: 2, Channels: 1}, Classes: []string{"a", "b", "c"}, Train: 48000, Test: 12, Mirrors: []string{mirror}}
	for _, name := range []string{trainImages, trainLabels, testImages, testLabels} {
		f := File{Name: name}
		fmt.Sscan(os.Getenv("MEMTEST_TEST_"+name), &f.Size, &f.SHA256)
		i.Files = append(i.Files, f)
	}
	answer, err := http.Get(os.Getenv("MEMTEST_TEST_READY"))
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if _, _, err := i.load(context.Background(), Options{}); err != nil {
		t.Fatal(err)
	}
}

func TestMNISTFromTheModuleCache(t *testing.T) {
	i, _ := lookup("mnist")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	if i.moduleDir(context.Background(), true) == "" {
		t.Skip("the Go module with MNIST is not in the module cache")
	}
	train, test, err := Load(context.Background(), "mnist", Options{Offline: true})
	if err != nil {
		t.Fatal(err)
	}
	// The counts of the digits are those of LeCun's set, as everybody reports them.
	if got := fmt.Sprint(train.Counts(), test.Counts()); got != "[5923 6742 5958 6131 5842 5421 5918 6265 5851 5949] [980 1135 1032 1010 982 892 958 1028 974 1009]" {
		t.Errorf("digits %v", got)
	}
	dir, err := Find(context.Background(), "mnist", Options{})
	if err != nil || !strings.Contains(dir, "petar") {
		t.Errorf("found in %q, %v", dir, err)
	}
}

func TestFindOfWhatHasNoFolder(t *testing.T) {
	if dir, err := Find(context.Background(), "fashion-mnist-sample", Options{Offline: true}); dir != "" || err != nil {
		t.Errorf("%q, %v", dir, err)
	}
	_, err := Find(context.Background(), "imagenet", Options{})
	refused(t, err, "imagenet", "mnist")
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("MEMTEST_DATA", "")
	if dir, err := Find(context.Background(), "cifar100", Options{}); dir != "" || err != nil {
		t.Errorf("%q, %v", dir, err)
	}
}
