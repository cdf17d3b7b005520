// Package number prints numbers: shares, differences, p-values, counts. Every
// page, table, plot and command prints a quantity by its function here, so that
// it looks the same everywhere. It is pure and imports nothing of this project.
//
// Pages are typeset: their minus is the sign −, U+2212. What a terminal or a
// notebook's cell prints in a column has the hyphen that programs read; the
// comment of a function says which.
package number
