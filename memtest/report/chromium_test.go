package report

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// chromiumPath is where Debian's package puts the browser.
const chromiumPath = "/usr/bin/chromium"

// artefacts names a folder for the screenshots of this test; without it they
// are thrown away.
const artefacts = "MEMTEST_ARTEFACTS"

// measured is what the outer page finds in a report inside a frame of it.
type measured struct {
	Frame          string
	Scroll, Client int      // widths of the report and of its window
	Wide           []string // elements that end to the right of the window outside of a scrolling box
	Plots          int      // with a size and a name
	Unnamed        int
	SmallestText   float64 // of a plot, in pixels as shown
	Paper          string  // colour of the page
	Stroke         string  // colour of a line in the first plot
	Details        int
}

// outer is the page around the frames. It measures reports of its own origin
// from outside, because a report itself runs no script.
const outer = `<!DOCTYPE html><title>waiting</title><body style="margin:0">%s<script>
const frames = [...document.querySelectorAll("iframe")];
function measure(f) {
  const d = f.contentDocument, e = d.documentElement, w = f.contentWindow;
  const plots = [...d.querySelectorAll("svg.plot")];
  const good = plots.filter(p => p.getBoundingClientRect().height > 100 && p.getAttribute("role") == "img" && p.getAttribute("aria-label").length > 40);
  const wide = [...d.querySelectorAll("body *")].filter(x => !x.closest(".scroll") && !x.closest("pre") && !x.closest("details:not([open])") && x.getBoundingClientRect().right > e.clientWidth + 0.5);
  const texts = [...d.querySelectorAll("svg.plot text")].map(t => parseFloat(w.getComputedStyle(t).fontSize) * t.closest("svg").getBoundingClientRect().width / t.closest("svg").viewBox.baseVal.width);
  return {
    Frame: f.id, Scroll: e.scrollWidth, Client: e.clientWidth, Wide: wide.slice(0, 5).map(x => x.tagName + "." + x.getAttribute("class") + ": " + x.textContent.slice(0, 40)),
    Plots: good.length, Unnamed: plots.length - good.length, SmallestText: Math.min(...texts), Paper: w.getComputedStyle(d.body).backgroundColor,
    Stroke: w.getComputedStyle(d.querySelector("svg.plot path[style*='--blue']")).stroke, Details: d.querySelectorAll("details").length,
  };
}
window.onload = () => { document.title = JSON.stringify(frames.map(measure)); };
</script>`

var title = regexp.MustCompile(`<title>(.*?)</title>`)

func browse(t *testing.T, arguments ...string) []byte {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	all := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--user-data-dir=" + t.TempDir(),
	}, arguments...)
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, chromiumPath, all...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &problems, 5*time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, problems.String())
	}
	return out.Bytes()
}

func TestPageInChromium(t *testing.T) {
	if _, err := os.Stat(chromiumPath); err != nil {
		t.Skipf("%s is not there, so the page was not rendered: apt-get install chromium", chromiumPath)
	}
	pages := map[string][]byte{
		"report": render(t, testPage()), "hostile": render(t, hostile(testPage())),
		"document": renderDocument(t, testDocument(t)), "words": renderDocument(t, hostileDocument(t)),
	}
	type parts struct{ plots, folded int }
	report, document := parts{22, 7}, parts{15, 6}
	wanted := map[string]parts{"report": report, "hostile": report, "document": document, "words": document}
	frame := func(name string, width, height int) string {
		return fmt.Sprintf(`<iframe id="%s-%d" src="/%s" style="display:block;border:0;width:%dpx;height:%dpx"></iframe>`, name, width, name, width, height)
	}
	var frames string
	for name := range pages {
		frames += frame(name, 390, 800) + frame(name, 1200, 800)
	}
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		name := strings.TrimPrefix(r.URL.Path, "/")
		switch {
		case name == "":
			fmt.Fprintf(w, outer, frames)
		case strings.HasPrefix(name, "shot-"):
			var width int
			var shown string
			fmt.Sscanf(name, "shot-%d-%s", &width, &shown)
			fmt.Fprintf(w, outer, frame(shown, width, 14000))
		case pages[name] != nil:
			w.Write(pages[name])
		default:
			mu.Lock()
			asked = append(asked, name)
			mu.Unlock()
			http.NotFound(w, r)
		}
	}))
	defer server.Close()

	for shade, want := range map[string]struct{ scheme, paper, stroke string }{
		"light": {"--blink-settings=preferredColorScheme=1", "rgb(255, 255, 255)", "rgb(0, 114, 178)"},
		"dark":  {"--blink-settings=preferredColorScheme=0", "rgb(21, 23, 26)", "rgb(102, 184, 238)"},
	} {
		dom := browse(t, want.scheme, "--window-size=1300,900", "--virtual-time-budget=10000", "--dump-dom", server.URL+"/")
		found := title.FindSubmatch(dom)
		if found == nil {
			t.Fatalf("%s: no title in %.500s", shade, dom)
		}
		var all []measured
		if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &all); err != nil || len(all) != 2*len(pages) {
			t.Fatalf("%s: the pages did not load: title %s", shade, found[1])
		}
		for _, m := range all {
			if m.Scroll > m.Client || !strings.HasSuffix(m.Frame, fmt.Sprint("-", m.Client)) || len(m.Wide) > 0 {
				t.Errorf("%s %s: the page is %d wide in a window of %d; beyond it: %q", shade, m.Frame, m.Scroll, m.Client, m.Wide)
			}
			name, _, _ := strings.Cut(m.Frame, "-")
			if want := wanted[name]; m.Plots != want.plots || m.Unnamed != 0 || m.Details != want.folded {
				t.Errorf("%s %s: %d plots, %d without a name or a size, %d folded parts; want %d, 0 and %d", shade, m.Frame, m.Plots, m.Unnamed, m.Details, want.plots, want.folded)
			}
			if m.SmallestText < 9.5 {
				t.Errorf("%s %s: text in a plot is %.1f pixels high", shade, m.Frame, m.SmallestText)
			}
			if m.Paper != want.paper || m.Stroke != want.stroke {
				t.Errorf("%s %s: paper and lines are %s and %s, want %s and %s", shade, m.Frame, m.Paper, m.Stroke, want.paper, want.stroke)
			}
		}
		if folder := os.Getenv(artefacts); folder != "" {
			if err := os.MkdirAll(folder, 0o755); err != nil {
				t.Fatal(err)
			}
			for _, width := range []int{390, 1200} {
				for _, name := range []string{"report", "document"} {
					// A frame, because a desktop browser's window has a least width.
					picture := filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", name, width, shade))
					browse(t, want.scheme, fmt.Sprintf("--window-size=%d,14000", width), "--screenshot="+picture, fmt.Sprintf("%s/shot-%d-%s", server.URL, width, name))
					if info, err := os.Stat(picture); err != nil || info.Size() < 50_000 {
						t.Errorf("%s: no screenshot, or an empty one: %v", picture, err)
					}
				}
			}
		}
	}
	asked = slices.DeleteFunc(asked, func(s string) bool { return s == "favicon.ico" })
	if len(asked) > 0 {
		t.Errorf("the pages asked for %v", asked)
	}
}
