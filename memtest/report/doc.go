// Package report turns the rows of a run into pages that people read: a text
// table, Markdown, CSV, plots, and one HTML page that needs no network. It
// draws from rows alone and measures nothing.
//
//  1. a view sorts the rows and groups those that differ only in the seed (view.go);
//  2. conclusions compare each network with its references (conclude.go);
//  3. tables and figures are made as data (table.go, figures.go);
//  4. text.go, markdown.go, csv.go, draw.go and html.go write that data.
//
// What is no single run is drawn in the same look: a Plot is a figure made from
// any numbers (plot.go), a Document a long text with tables and figures
// (document.go).
//
// Names come from users. They are cleaned of control characters and cut
// (names.go), and escaped by whatever format they are written in.
package report
