package show

import (
	"bytes"
	"fmt"
	"image/png"
	"strings"

	"github.com/janpfeifer/gonb/gonbui/protocol"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/report"
	"github.com/seed-1a417598/memtest/memtest/report/document"
)

// Copies shows the first k training examples of an experiment, a row for each, beside
// their copies, a column for each level: images as pictures, texts and rows of a table
// as a table, series as small curves.
func Copies(x *memtest.Experiment, k int) error {
	if n := x.Train.Len(); k < 1 || k > n {
		return fmt.Errorf("k = %d of %d examples to be shown beside their copies; give 1 to %d", k, n, n)
	}
	if x.Train.Shape.KindOf() == datasets.Image {
		grid, err := perturb.Grid(x.Train, x.Perturbation, x.Config.Levels, k, x.Config.Seed)
		if err != nil {
			return err
		}
		return Image(grid, 3, fmt.Sprintf("%d training images, each with its copies by %s at rising levels.", k, x.Perturbation.Name()))
	}
	c := report.Copies{Perturbation: x.Perturbation.Name()}
	for _, l := range x.Config.Levels {
		c.Levels = append(c.Levels, report.CopyLevel{Level: l})
	}
	if err := c.ShowCopies(x.Train, x.Perturbation, k, x.Config.Seed); err != nil {
		return err
	}
	blocks, err := c.Blocks()
	if err != nil {
		return err
	}
	return sendBlocks(blocks)
}

// sendBlocks shows tables of texts as HTML, and curves as a picture.
func sendBlocks(blocks []document.Block) error {
	for _, b := range blocks {
		var plain strings.Builder
		if err := (document.Document{Verbatim: true, Sections: []document.Section{{Blocks: []document.Block{b}}}}).Text(&plain, document.TextOptions{}); err != nil {
			return err
		}
		text := strings.Trim(plain.String(), "\n")
		var err error
		switch {
		case b.Table != nil:
			var html string
			if html, err = titled(*b.Table); err == nil {
				err = send(protocol.MIMETextHTML, html, text)
			}
		case b.Curves != nil:
			err = sendCurves(*b.Curves, text)
		default:
			err = fmt.Errorf("a block that is neither a table nor curves cannot be shown here")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func sendCurves(c document.Curves, plain string) error {
	var b bytes.Buffer
	if err := c.PNG(&b); err != nil {
		return err
	}
	m, err := png.Decode(&b)
	if err != nil {
		return err
	}
	return sendPicture(halve(m), plain)
}
