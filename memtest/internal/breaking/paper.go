//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// killPaper kills paper at random moments; what was measured before a kill is there
// after the next. It is not waited for to its end, which takes ten minutes.
func killPaper(t *trial) error {
	args := []string{"paper", "--setting", "small", "--offline", "--quiet", "--out", "paper"}
	before := map[string]string{}
	for i := range 4 {
		if i > 0 {
			args = append(args[:7:7], "--resume")
		}
		after := time.Duration(float64(time.Second) * (1 + 11*t.rand.Float64()))
		o, err := t.start(call{args: args, in: t.dir, during: func(p *os.Process) {
			time.Sleep(after)
			p.Kill()
		}})
		if err != nil {
			return err
		}
		if i == 0 && o.code != 0 && refused(o) == nil {
			return errSkipped{"no data set or no plugin for paper"}
		}
		if !o.killed() {
			return fmt.Errorf("it did not go on: %v", o)
		}
		t.note("kills")
		now, err := paperCells(filepath.Join(t.dir, "paper", "runs"))
		if err != nil {
			return err
		}
		for cell, value := range before {
			if now[cell] != value {
				return fmt.Errorf("%s was %s and is %q", cell, value, now[cell])
			}
		}
		before = now
	}
	t.note(fmt.Sprintf("with %d cells or more", len(before)/10*10))
	return nil
}

// paperCells is what the whole lines below a folder of runs say was observed, by
// run and cell.
func paperCells(dir string) (map[string]string, error) {
	files, err := readTree(dir)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, name := range files.names() {
		if filepath.Base(name) != "rows.jsonl" {
			continue
		}
		b := files[name]
		b = b[:bytes.LastIndexByte(b, '\n')+1]
		for line := range bytes.Lines(b) {
			var row struct {
				Network, Layer, Probe string
				Seed, Epoch           int
				Level, Observed       float64
				Null                  json.RawMessage
			}
			if err := json.Unmarshal(line, &row); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			cell := fmt.Sprint(name, row.Network, row.Seed, row.Epoch, row.Layer, row.Probe, row.Level)
			all[cell] = fmt.Sprint(row.Observed, string(row.Null))
		}
	}
	return all, nil
}
