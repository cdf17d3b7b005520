package chart

// What the outer tests, which draw the figures of internal/sample, look at.

// Looks are those of the entries of the legend, and panel by panel those of lines,
// all by name.
func (f Figure) Looks() (legend map[string]Look, panels []map[string]Look, err error) {
	d, err := f.layout()
	legend = map[string]Look{}
	for _, e := range d.legend {
		legend[e.name] = e.look
	}
	for _, l := range d.panels {
		looks := map[string]Look{}
		for _, s := range l.lines {
			looks[s.name] = s.look
		}
		panels = append(panels, looks)
	}
	return legend, panels, err
}

// Marker and Dashes are parts of a look.
func (l Look) Marker() any { return l.marker }
func (l Look) Dashes() any { return l.dashes }
func (l Look) Hue() string { return l.hue.name }

// Asides are how far lines of the first panel are moved, those that are.
func (f Figure) Asides() (map[string]float64, error) {
	d, err := f.layout()
	if err != nil {
		return nil, err
	}
	moved := map[string]float64{}
	l := d.panels[0]
	for i, by := range l.asides(l.plot(inlineType, inlineWidth).X, inlineWidth) {
		if by != 0 {
			moved[l.lines[i].name] = float64(by)
		}
	}
	return moved, nil
}

// Written is how the panels write a Y value.
func (f Figure) Written() (all []func(float64) string) {
	d, _ := f.layout()
	for _, l := range d.panels {
		all = append(all, l.write)
	}
	return all
}
