package webpage

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
	Cut            []string // parts of a plot that do; a plot shows nothing outside of itself
	Plots          int      // with a size and a name
	Unnamed        int
	SmallestText   float64 // of a plot, in pixels as shown
	Paper          string  // colour of the page
	Stroke         string  // colour of a line in the first plot
	Details        int
	Sight          float64 // where the verdict, its sentence, the picture and the copies end
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
  const say = list => list.slice(0, 5).map(x => x.tagName + "." + x.getAttribute("class") + ": " + x.textContent.slice(0, 40));
  const inside = x => x.closest("svg") && x.tagName != "svg";
  const texts = [...d.querySelectorAll("svg.plot text")].map(t => parseFloat(w.getComputedStyle(t).fontSize) * t.closest("svg").getBoundingClientRect().width / t.closest("svg").viewBox.baseVal.width);
  return {
    Frame: f.id, Scroll: e.scrollWidth, Client: e.clientWidth, Wide: say(wide.filter(x => !inside(x))), Cut: say(wide.filter(inside)),
    Plots: good.length, Unnamed: plots.length - good.length, SmallestText: Math.min(...texts), Paper: w.getComputedStyle(d.body).backgroundColor,
    Sight: Math.max(...[".conclusion .words", ".conclusion .lead", "svg.plot", ".strip"].map(q => d.querySelector(q)).map(x => x ? x.getBoundingClientRect().bottom : 9999)),
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
	var out, problems bytes.Buffer
	cmd := exec.CommandContext(ctx, chromiumPath, append(quietly(profileFolder(t)), arguments...)...)
	cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &out, &problems, 5*time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("chromium: %v\n%s", err, problems.String())
	}
	return out.Bytes()
}

// profileFolder is a folder for what a browser keeps, removed when the test ends. Some of
// the browser's processes outlive the first for a moment and still write there, so it is
// removed again until nothing comes back; what is left of a folder for temporary files
// fails no test.
func profileFolder(t *testing.T) string {
	t.Helper()
	path, err := os.MkdirTemp("", "browser-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for range 50 {
			if os.RemoveAll(path) == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Logf("%s could not be removed", path)
	})
	return path
}

// quietly are the arguments of a browser that has no window, asks nothing of a network
// and keeps what it keeps in a folder.
func quietly(profile string) []string {
	return []string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
		"--disable-sync", "--hide-scrollbars", "--user-data-dir=" + profile,
	}
}

func needChromium(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(chromiumPath); err != nil {
		t.Skipf("%s is not there, so the page was not rendered: apt-get install chromium", chromiumPath)
	}
}

// Page is a page and what is to be found in it.
type Page struct {
	HTML   []byte
	Plots  int
	Folded int  // parts
	Shot   bool // take pictures of it, and ask the rules of accessibility
	// AtFirstSight says that a screen of 1200×800 shows the verdict with the picture and
	// the copies.
	AtFirstSight bool
	// LongNames says that names are longer than a plot may be wide in some fonts, which
	// cuts them at its edge.
	LongNames bool
}

// schemes are the two shades that a reader may prefer, with the colours of paper
// and lines then.
var schemes = map[string]struct{ scheme, paper, stroke string }{
	"light": {"--blink-settings=preferredColorScheme=1", "rgb(255, 255, 255)", "rgb(0, 114, 178)"},
	"dark":  {"--blink-settings=preferredColorScheme=0", "rgb(21, 23, 26)", "rgb(102, 184, 238)"},
}

// InChromium shows pages, by their names, on a phone and on a screen, in light
// and dark, and holds that nothing sticks out, that all plots have a size, a name
// and letters that can be read, and that nothing is loaded.
func InChromium(t *testing.T, pages map[string]Page) {
	t.Helper()
	needChromium(t)
	s := serve(pages)
	defer s.Close()
	for shade, want := range schemes {
		dom := browse(t, want.scheme, "--window-size=1300,900", "--virtual-time-budget=10000", "--dump-dom", s.URL+"/")
		found := title.FindSubmatch(dom)
		if found == nil {
			t.Fatalf("%s: no title in %.500s", shade, dom)
		}
		var all []measured
		if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &all); err != nil || len(all) != 2*len(pages) {
			t.Fatalf("%s: the pages did not load: title %s", shade, found[1])
		}
		for _, m := range all {
			name, _, _ := strings.Cut(m.Frame, "-")
			m.check(t, shade, pages[name])
			if m.Paper != want.paper || m.Stroke != want.stroke {
				t.Errorf("%s %s: paper and lines are %s and %s, want %s and %s", shade, m.Frame, m.Paper, m.Stroke, want.paper, want.stroke)
			}
		}
		for name, p := range pages {
			if p.Shot {
				s.shoot(t, name, shade)
				s.accessible(t, name, shade)
			}
		}
	}
	if asked := slices.DeleteFunc(s.asked, func(s string) bool { return s == "favicon.ico" }); len(asked) > 0 {
		t.Errorf("the pages asked for %v", asked)
	}
}

func (m measured) check(t *testing.T, shade string, want Page) {
	t.Helper()
	if m.Scroll > m.Client || !strings.HasSuffix(m.Frame, fmt.Sprint("-", m.Client)) || len(m.Wide) > 0 {
		t.Errorf("%s %s: the page is %d wide in a window of %d; beyond it: %q", shade, m.Frame, m.Scroll, m.Client, m.Wide)
	}
	if len(m.Cut) > 0 && !want.LongNames {
		t.Errorf("%s %s: plots are cut at the edge of the page: %q", shade, m.Frame, m.Cut)
	}
	if m.Plots != want.Plots || m.Unnamed != 0 || m.Details != want.Folded {
		t.Errorf("%s %s: %d plots, %d without a name or a size, %d folded parts; want %d, 0 and %d", shade, m.Frame, m.Plots, m.Unnamed, m.Details, want.Plots, want.Folded)
	}
	if want.AtFirstSight && m.Client == 1200 && m.Sight > 800 {
		t.Errorf("%s %s: verdict and picture end %g pixels down", shade, m.Frame, m.Sight)
	}
	if m.SmallestText < 9.5 {
		t.Errorf("%s %s: text in a plot is %.1f pixels high", shade, m.Frame, m.SmallestText)
	}
}

// server serves pages, each alone and in frames, and notes what else is asked of it.
type server struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string
}

func frame(name string, width, height int) string {
	return fmt.Sprintf(`<iframe id="%s-%d" src="/%s" style="display:block;border:0;width:%dpx;height:%dpx"></iframe>`, name, width, name, width, height)
}

func serve(pages map[string]Page) *server {
	var frames string
	for name := range pages {
		frames += frame(name, 390, 800) + frame(name, 1200, 800)
	}
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		name := strings.TrimPrefix(r.URL.Path, "/")
		page, known := pages[name]
		switch {
		case name == "":
			fmt.Fprintf(w, outer, frames)
		case name == "axe.js":
			http.ServeFile(w, r, os.Getenv(axePath))
		case strings.HasPrefix(name, "axe-"):
			w.Write(withAxe(pages[strings.TrimPrefix(name, "axe-")].HTML))
		case strings.HasPrefix(name, "shot-"):
			var width int
			var shown string
			fmt.Sscanf(name, "shot-%d-%s", &width, &shown)
			fmt.Fprintf(w, outer, frame(shown, width, 14000))
		case known:
			w.Write(page.HTML)
		default:
			s.mu.Lock()
			s.asked = append(s.asked, name)
			s.mu.Unlock()
			http.NotFound(w, r)
		}
	}))
	return s
}

// shoot takes pictures of a page where a folder for them is given. It is in a
// frame, because a desktop browser's window has a least width.
func (s *server) shoot(t *testing.T, name, shade string) {
	t.Helper()
	folder := os.Getenv(artefacts)
	if folder == "" {
		return
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, width := range []int{390, 1200} {
		picture := filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", name, width, shade))
		browse(t, schemes[shade].scheme, fmt.Sprintf("--window-size=%d,14000", width), "--screenshot="+picture, fmt.Sprintf("%s/shot-%d-%s", s.URL, width, name))
		if info, err := os.Stat(picture); err != nil || info.Size() < 50_000 {
			t.Errorf("%s: no screenshot, or an empty one: %v", picture, err)
		}
	}
}
