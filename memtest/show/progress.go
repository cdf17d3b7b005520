package show

import (
	"fmt"
	"html/template"
	"time"

	"github.com/janpfeifer/gonb/gonbui"

	"github.com/seed-1a417598/memtest/memtest"
)

// everyNow is the least time between two states of a bar: each is a message to
// the browser.
const everyNow = 200 * time.Millisecond

// showProgress draws a bar live in the cell. listen goes into Experiment.Progress;
// end replaces the bar by one line, which is what stays in the notebook's file.
func showProgress() (listen func(memtest.Progress), end func(line string)) {
	id := "progress-" + gonbui.UniqueId()
	started := time.Now()
	var spoke time.Time
	first := -1
	listen = func(p memtest.Progress) {
		if first < 0 {
			first = p.Done
		}
		if now := time.Now(); now.Sub(spoke) >= everyNow {
			spoke = now
			gonbui.UpdateHTML(id, bar(p, left(p, first, now.Sub(started))))
		}
	}
	end = func(line string) {
		if first >= 0 && gonbui.IsNotebook {
			gonbui.UpdateHTML(id, template.HTMLEscapeString(line))
			gonbui.Sync()
		}
	}
	return listen, end
}

// bar is a moment of an experiment as HTML.
func bar(p memtest.Progress, left string) string {
	return fmt.Sprintf(`<progress value="%d" max="%d"></progress> %d of %d cells%s: %s`, p.Done, p.Total, p.Done, p.Total, left, template.HTMLEscapeString(p.Doing))
}

// left estimates the time left from the cells measured since the start.
func left(p memtest.Progress, first int, spent time.Duration) string {
	done := p.Done - first
	if done < 1 {
		return ""
	}
	rest := spent / time.Duration(done) * time.Duration(p.Total-p.Done)
	return ", about " + rest.Round(time.Second).String() + " left"
}
