package webpage

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
)

// patience is how long a browser is waited for.
const patience = 2 * time.Minute

// ShowsAnew opens a page in Chromium from its file, as a person does, puts another one
// in its place once it is shown, and holds that the browser comes to show that one with
// nobody's help. The two are told apart by their titles.
func ShowsAnew(t *testing.T, first, then []byte) {
	t.Helper()
	needChromium(t)
	path := filepath.Join(t.TempDir(), "page.html")
	write := func(page []byte) {
		t.Helper()
		if err := atomicfile.WriteFile(path, page); err != nil {
			t.Fatal(err)
		}
	}
	write(first)
	shown := openFile(t, path)
	for _, page := range [][]byte{first, then} {
		want := html.UnescapeString(string(title.FindSubmatch(page)[1]))
		for begun := time.Now(); shown() != want; time.Sleep(100 * time.Millisecond) {
			if time.Since(begun) > patience {
				t.Fatalf("the browser shows %q, not %q", shown(), want)
			}
		}
		write(then)
	}
}

// openFile opens a file in Chromium until the test ends, and returns what tells the title
// that is shown; "" = none is yet.
func openFile(t *testing.T, path string) (shown func() string) {
	t.Helper()
	profile := profileFolder(t)
	cmd := exec.CommandContext(t.Context(), chromiumPath, append(quietly(profile), "--remote-debugging-port=0", (&url.URL{Scheme: "file", Path: path}).String())...)
	cmd.Cancel, cmd.WaitDelay = func() error { return cmd.Process.Signal(syscall.SIGTERM) }, 10*time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Wait() })
	return func() string {
		port, err := os.ReadFile(filepath.Join(profile, "DevToolsActivePort")) // it names its port there when it is ready
		if err != nil {
			return ""
		}
		number, _, _ := strings.Cut(string(port), "\n")
		answer, err := http.Get("http://127.0.0.1:" + number + "/json/list")
		if err != nil {
			return ""
		}
		defer answer.Body.Close()
		var pages []struct{ Type, Title string }
		if json.NewDecoder(answer.Body).Decode(&pages) != nil {
			return ""
		}
		for _, p := range pages {
			if p.Type == "page" {
				return p.Title
			}
		}
		return ""
	}
}
