package report

// Panels is the number of plots that the figure is made of: one is best drawn
// narrower than a page.
func (f Figure) Panels() int { return len(f.panels) }
