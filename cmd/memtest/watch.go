package main

import (
	"bytes"
	"fmt"
	"time"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

const (
	reloadEvery = 5                // seconds, of a page whose run goes on
	drawEvery   = 5 * time.Second  // at most, when rows came
	aliveEvery  = 30 * time.Second // when none came: the page says what is being done
	drawShare   = 20               // a page is drawn when so many times as long has passed as drawing the last one took
)

// watch draws the page of a run while it is measured, from what is in its folder. The rows
// so far are always those of whole probes, with all their levels, since progress is not
// told of between the levels of one.
type watch struct {
	job
	dir *rundir.Dir
	now func() time.Time

	drawn  time.Time     // when the last page was
	took   time.Duration // to draw it
	last   memtest.Progress
	failed bool // a page could not be drawn, which was said
}

// watch draws the first page of a run that begins, shows it where that is asked for,
// and draws it anew as progress comes.
func (j job) watch(dir *rundir.Dir, now func() time.Time) *watch {
	w := &watch{job: j, dir: dir, now: now}
	w.draw(memtest.Progress{Doing: "the run begins", Total: j.total}, reloadEvery)
	if j.open {
		openPage(dir.Path(rundir.ReportFile), j.log)
	}
	j.progress.heard = w.hear
	return w
}

// hear draws the page where it is time to: drawing must not slow the run.
func (w *watch) hear(m memtest.Progress) {
	every := aliveEvery
	if m.Done > w.last.Done {
		every = drawEvery
	}
	if w.now().Sub(w.drawn) >= max(every, drawShare*w.took) {
		w.draw(m, reloadEvery)
	}
}

// stopped draws the last page of a run that ends before it is finished.
func (w *watch) stopped() { w.draw(w.progress.last, 0) }

// draw writes the page. A run does not fail by it: where this process has lost the
// folder or the disk is full, the run's own next write says so.
func (w *watch) draw(m memtest.Progress, reload int) {
	began := w.now()
	var err error
	if fault := xla.Catch(func() { err = w.write(m, reload) }); fault != nil {
		err = fault
	}
	w.drawn, w.last = w.now(), m
	w.took = w.drawn.Sub(began)
	if err != nil && !w.failed && w.dir.Held() == nil {
		w.failed = true
		w.progress.note(fmt.Sprintf("The page cannot be drawn while the run is measured: %s.", sentence(err)))
	}
}

func (w *watch) write(m memtest.Progress, reload int) error {
	page, err := pageOf(w.out)
	if err != nil {
		return err
	}
	if u := page.Unfinished; u != nil {
		*u = w.unfinished(page.Rows, m)
		u.Reload = reload
		if len(page.Rows) == 0 {
			page.Title = "A run that has no rows yet"
		}
	}
	var text bytes.Buffer
	if err := report.HTML(&text, page); err != nil {
		return err
	}
	return w.dir.Put(rundir.ReportFile, text.Bytes())
}

// unfinished says how far the run is.
func (w *watch) unfinished(rows []result.Row, m memtest.Progress) report.Unfinished {
	// Progress counts cells when the run comes to them, so what is there already is not
	// among them yet. Rows with fewer label sets than are asked for are measured again.
	done := 0
	for _, r := range rows {
		if r.Permutations >= w.Config.Permutations || r.Stop > 0 {
			done++
		}
	}
	return report.Unfinished{
		Done: max(done, m.Done), Total: w.total, AtMost: w.Config.Until > 0 || w.Config.Patience > 0,
		GoOn: w.Manifest.GoOn(w.out), Drawn: w.now(), Doing: m.Doing,
	}
}

// pageOf is the page of a folder. Rows of a run that is not finished are completed as if
// there were no others.
func pageOf(folder string) (report.Page, error) {
	page, err := report.Load(folder)
	if m := page.Manifest; err != nil || m == nil || !m.Unfinished || m.Shard != "" {
		return page, err // rows of a shard are completed by the merge alone
	}
	dir, err := rundir.Open(folder)
	if err != nil {
		return page, err
	}
	page.Rows, err = memtest.CompleteIn(dir, page.Rows)
	page.Unfinished = &report.Unfinished{Done: len(page.Rows), GoOn: page.Manifest.GoOn(folder)}
	return page, err
}

// asOthersMeasure has a page load itself again where another process goes on with its run,
// which draws it next.
func asOthersMeasure(page report.Page, folder string) {
	u := page.Unfinished
	if u == nil {
		return
	}
	if busy, err := rundir.Busy(folder); err == nil && busy { // where no lock can be had nobody is known to measure
		u.Reload, u.Drawn = reloadEvery, time.Now()
	}
}
