// Package chart draws figures: panels of lines, scatters and histograms that
// share a legend and one look, as SVG and PNG for print and as SVG inside of a
// page. It is the only package that plots; reports, notebooks and the paper say
// what is to be seen, and the palette, the axes and the sizes are decided here.
//
//  1. a Figure is data: panels, axes, lines, histograms (figure.go), which is
//     checked as a whole (check.go);
//  2. the legend gives each line its look (legend.go, look.go, palette.go,
//     marker.go);
//  3. a panel is laid out: where its axes begin and end, where ticks stand
//     (layout.go, range.go, scale.go, tick.go, bins.go);
//  4. gonum.org/v1/plot draws what is laid out (draw.go, line.go, bars.go,
//     side_by_side.go, ticklabel.go, size.go);
//  5. SVG and PNG put panels below a legend (print.go, legend_sample.go, svg.go),
//     Inline gives them one by one (inline.go), and describe.go and numbers.go say
//     them to those who cannot see them.
//
// Labels and names may come from users: they are made plain and cut, and escaped
// in SVG.
package chart
