package datasets

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// limited is in the environment of the process in which little memory is to be had.
const limited = "MEMTEST_TEST_LIMITED"

// What a header asks for is refused where there is not as much memory. The test runs
// itself again in a process that may take 3 GiB.
func TestReadersAskForMemory(t *testing.T) {
	if os.Getenv(limited) == "" {
		c := exec.Command("sh", "-c", `ulimit -v 3145728 && exec "$0" -test.v -test.run '^TestReadersAskForMemory$'`, os.Args[0])
		c.Env = append(os.Environ(), limited+"=1")
		out, err := c.CombinedOutput()
		if err != nil && strings.Contains(string(out), "ulimit") {
			t.Skipf("no limit can be set: %s", out)
		}
		if err != nil || strings.Contains(string(out), "SKIP") {
			t.Fatalf("%v: %s", err, out)
		}
		return
	}
	_, err := decodeIDX(bytes.NewReader(idxBytes(nil, 1<<30)), 1<<30) // as a gzip of 1 MB may hold
	refused(t, err, "its array [1073741824] needs about 9.0 GiB of memory", "are free")

	dir := pictureDir(t, t.TempDir())
	_, _, err = loadOwn(dir, FileOptions{Shape: Shape{Height: 8000, Width: 8000, Channels: 3}}) // four pictures
	refused(t, err, "a set of 4 pictures of 8000×8000×3 needs about 2.9 GiB", "--own shape=")

	sparse := filepath.Join(t.TempDir(), "data_batch_1.bin")
	write(t, sparse, nil)
	if err := os.Truncate(sparse, 300000*(1+cifarPixels)); err != nil {
		t.Fatal(err)
	}
	_, _, err = loadOwn(filepath.Dir(sparse), FileOptions{})
	refused(t, err, "its array of 300000 images needs about 3.4 GiB", "are free")
}
