package webpage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"
)

// axePath names the environment variable with the path of axe.min.js, of axe-core: rules
// of accessibility (WCAG 2). Without it they are not asked.
const axePath = "MEMTEST_AXE"

// policy is the page's own, which would keep the script out.
var policy = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy"[^>]*>`)

// askAxe runs axe-core in a page, everything unfolded, and says what it finds fault with
// as JSON in the title.
const askAxe = `<script src="/axe.js"></script><script>
document.querySelectorAll("details").forEach(d => d.open = true);
axe.run(document, {resultTypes: ["violations"]}).then(
  r => { document.title = JSON.stringify({Rules: r.passes.length, Faults: r.violations.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 120) + " " + n.any.map(a => a.message).join("; ")).join(" | "))}); },
  e => { document.title = JSON.stringify({Rules: 0, Faults: [String(e)]}); });
</script></body>`

// withAxe is the page with that script.
func withAxe(page []byte) []byte {
	return bytes.Replace(policy.ReplaceAll(page, nil), []byte("</body>"), []byte(askAxe), 1)
}

// accessible holds that axe-core finds no fault with a page.
func (s *server) accessible(t *testing.T, name, shade string) {
	t.Helper()
	if os.Getenv(axePath) == "" {
		t.Logf("%s is not set, so %s was not held against the rules of axe-core", axePath, name)
		return
	}
	dom := browse(t, schemes[shade].scheme, "--window-size=1200,800", "--virtual-time-budget=60000", "--dump-dom", fmt.Sprintf("%s/axe-%s", s.URL, name))
	found := title.FindSubmatch(dom)
	if found == nil {
		t.Fatalf("%s: no title in %.500s", name, dom)
	}
	var said struct {
		Rules  int
		Faults []string
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(found[1]))), &said); err != nil || said.Rules < 10 {
		t.Fatalf("%s %s: axe-core did not run: %s", shade, name, found[1])
	}
	if len(said.Faults) > 0 {
		t.Errorf("%s %s: axe-core finds fault:\n%s", shade, name, strings.Join(said.Faults, "\n"))
	}
}
