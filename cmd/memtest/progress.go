package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

// progress shows how far a run is: a bar with the time left on a terminal that can
// write a line again, a line now and then elsewhere.
type progress struct {
	out     io.Writer
	bar     *progressbar.ProgressBar
	started time.Time
	first   int // cells that were done when it started
	spoke   time.Time
	last    memtest.Progress
	heard   func(memtest.Progress) // what else is told; nil = nobody
}

// quietFor is the time between two lines where there is no bar.
const quietFor = 10 * time.Second

func newProgress(out io.Writer) *progress {
	now := time.Now()
	return &progress{out: out, started: now, first: -1, spoke: now}
}

// expect says how many cells there will be, for what is done before the first: a bar that
// is made for none is never shown.
func (p *progress) expect(total int) { p.last.Total = total }

// doing shows what is done beside the measuring of cells.
func (p *progress) doing(what string) {
	p.show(memtest.Progress{Doing: what, Done: p.last.Done, Total: p.last.Total})
}

func (p *progress) show(m memtest.Progress) {
	m.Doing = word.Plain(m.Doing) // names of layers and networks come from users
	p.last = m
	if p.heard != nil {
		p.heard(m)
	}
	if p.first < 0 {
		p.first = m.Done
	}
	if showsBars(p.out) {
		if p.bar == nil {
			p.bar = progressbar.NewOptions(m.Total, progressbar.OptionSetWriter(p.out), progressbar.OptionSetWidth(20),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond),
				progressbar.OptionSetPredictTime(true), progressbar.OptionSetElapsedTime(true), progressbar.OptionFullWidth())
		}
		p.bar.Describe(m.Doing)
		_ = p.bar.Set(m.Done) // it fails only above the total
		return
	}
	if now := time.Now(); now.Sub(p.spoke) >= quietFor && !inCI() {
		p.spoke = now
		fmt.Fprintf(p.out, "%d of %d cells%s: %s\n", m.Done, m.Total, p.left(m), m.Doing)
	}
}

// left estimates the time left from the cells done since the start: no less than what
// is being done takes.
func (p *progress) left(m memtest.Progress) string {
	done := m.Done - p.first
	if done < 1 {
		return ""
	}
	rest := max(m.Left, time.Since(p.started)/time.Duration(done)*time.Duration(m.Total-m.Done))
	return ", about " + rest.Round(time.Second).String() + " left"
}

// note says a sentence that stays.
func (p *progress) note(sentence string) {
	if p.bar != nil {
		_ = p.bar.Clear()
	}
	fmt.Fprintln(p.out, sentence)
}

func (p *progress) end() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

// inCI says whether nobody watches: CI services set this variable.
func inCI() bool { return os.Getenv("CI") != "" }
