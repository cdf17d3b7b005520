// Package report says what the rows of a run mean: which tables, figures and
// sentences they give. It draws from rows alone and measures nothing; what is a
// difference, an interval or chance is decided by memtest/perm.
//
//  1. a view sorts the rows and groups those that differ only in the seed
//     (view.go, setting.go, cell.go, quantity.go, flag.go) and finds what they are
//     about (subject.go);
//  2. a level is read (reading.go), and what the rows say there goes to
//     memtest/report/verdict, which puts the network into a case (found.go);
//     conclusions add how it stands to its references (conclude.go), all numbers
//     (numbers.go, points.go), and what the rows cannot say (limits.go, warnings.go);
//  3. tables and figures are made as data (table.go, summary.go, network.go, figures.go with
//     figure_*.go and curve.go), as are pictures of examples and copies
//     (example.go, extremes.go, gallery.go, pictures.go; sheet.go for viewers
//     that show nothing else);
//  4. a document holds them in the order of a reader: the page, its Markdown, the
//     text of a terminal (page.go, contents.go, explained.go, made.go, unfinished.go). memtest/report/document
//     writes it, memtest/report/chart draws its figures; csv.go writes the rows
//     alone, files.go the files of a run.
//
// Names come from users. They are made plain and cut (memtest/report/word), and
// escaped by whatever format they are written in.
package report
