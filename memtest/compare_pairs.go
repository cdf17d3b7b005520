package memtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-1a417598/memtest/memtest/result"
)

// pair is two rows that were measured alike.
type pair struct{ a, b result.Row }

// pairRows pairs rows by network, layer and epoch. Things of the same name go
// together; where no name is in both, the only one of each does, and features of
// no epoch go with the last epoch.
func pairRows(a, b Measured) ([]pair, error) {
	networks, err := match(a, b, "network", a.Rows, b.Rows, func(r result.Row) string { return r.Network }, "")
	if err != nil {
		return nil, err
	}
	var pairs []pair
	for _, network := range networks {
		if ownA, ownB := a.Config.OwnLabels[network[0]], b.Config.OwnLabels[network[1]]; ownA != ownB {
			return nil, &DifferentError{"own_labels_sha256", fmt.Sprintf("%q of %s in %s", ownA, network[0], a.Name), fmt.Sprintf("%q of %s in %s", ownB, network[1], b.Name), "the shuffles are of the labels trained on; measure both with the same"}
		}
		rowsA, rowsB := where(a.Rows, func(r result.Row) bool { return r.Network == network[0] }), where(b.Rows, func(r result.Row) bool { return r.Network == network[1] })
		layers, err := match(a, b, "layer", rowsA, rowsB, func(r result.Row) string { return r.Layer }, "measure layers of the same name, or one of each")
		if err != nil {
			return nil, err
		}
		rowsA, rowsB = lastIfOther(rowsA, rowsB), lastIfOther(rowsB, rowsA)
		for _, layer := range layers {
			for _, ra := range rowsA {
				for _, rb := range rowsB {
					epochs := ra.Epoch == rb.Epoch || ra.Epoch == result.EpochNone || rb.Epoch == result.EpochNone
					if ra.Layer == layer[0] && rb.Layer == layer[1] && epochs && ra.Seed == rb.Seed && ra.Probe == rb.Probe && ra.Level == rb.Level {
						pairs = append(pairs, pair{ra, rb})
					}
				}
			}
		}
	}
	if len(pairs) > 0 {
		return pairs, nil
	}
	for _, field := range []struct {
		name string
		of   func(result.Row) string
	}{
		{"probe", func(r result.Row) string { return r.Probe }},
		{"level", func(r result.Row) string { return strconv.FormatFloat(r.Level, 'g', -1, 64) }},
		{"epoch", func(r result.Row) string { return strconv.Itoa(r.Epoch) }},
		{"seed", func(r result.Row) string { return strconv.FormatUint(r.Seed, 10) }},
	} {
		if va, vb := distinct(a.Rows, field.of), distinct(b.Rows, field.of); !overlap(va, vb) {
			return nil, &DifferentError{field.name, strings.Join(va, ", ") + " in " + a.Name, strings.Join(vb, ", ") + " in " + b.Name, "measure at least one that is the same"}
		}
	}
	return nil, &DifferentError{"the combination of probe, level, epoch and seed", "none of " + a.Name, "none of " + b.Name, "measure at least one that is the same"}
}

// lastIfOther keeps the rows of the last epoch where the others have no epoch.
func lastIfOther(rows, others []result.Row) []result.Row {
	if others[0].Epoch != result.EpochNone || rows[0].Epoch == result.EpochNone {
		return rows
	}
	last := rows[0].Epoch
	for _, r := range rows {
		last = max(last, r.Epoch)
	}
	return where(rows, func(r result.Row) bool { return r.Epoch == last })
}

func where(rows []result.Row, keep func(result.Row) bool) []result.Row {
	return slices.DeleteFunc(slices.Clone(rows), func(r result.Row) bool { return !keep(r) })
}

// distinct are the different values of a field, in the order of the rows.
func distinct(rows []result.Row, of func(result.Row) string) []string {
	var all []string
	for _, r := range rows {
		if !slices.Contains(all, of(r)) {
			all = append(all, of(r))
		}
	}
	return all
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// match says which values of a field belong together.
func match(a, b Measured, field string, rowsA, rowsB []result.Row, of func(result.Row) string, hint string) ([][2]string, error) {
	va, vb := distinct(rowsA, of), distinct(rowsB, of)
	var all [][2]string
	for _, v := range va {
		if slices.Contains(vb, v) {
			all = append(all, [2]string{v, v})
		}
	}
	if len(all) == 0 && len(va) == 1 && len(vb) == 1 {
		return [][2]string{{va[0], vb[0]}}, nil
	}
	if len(all) == 0 {
		return nil, &DifferentError{field, strings.Join(va, ", ") + " in " + a.Name, strings.Join(vb, ", ") + " in " + b.Name, hint}
	}
	return all, nil
}
