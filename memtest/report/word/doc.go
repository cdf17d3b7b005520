// Package word makes names and words fit to be shown: names of data sets,
// networks, layers and classes come from users and files. It is pure and imports
// nothing of this project.
package word
