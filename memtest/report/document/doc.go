// Package document is a text with tables, figures and pictures as data, and the
// writers that put it down as text for a terminal, as Markdown, and as one HTML
// file that loads nothing. The page of a run and the report on the paper are such
// documents; what they say is made elsewhere.
//
//  1. a Document has Sections, a Section has Blocks, and a Block is one of a few
//     kinds (document.go, block.go, table.go), which are checked before anything
//     is written (check.go);
//  2. words are plain text; where an author writes them, code and links in them
//     are told apart (words.go);
//  3. Text, Markdown and HTML write the same blocks (text*.go, markdown*.go,
//     html*.go with document.html and its style sheets).
//
// Whatever is written is escaped by the writer, so that no word becomes markup.
package document
