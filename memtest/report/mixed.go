package report

import (
	"fmt"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/perturb"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// mixed says whether copies by a perturbation are blends of features of one label, of
// which no errors over examples are known and no verdict is made.
func mixed(perturbation string) bool { return perturb.MixesFeatures(perturbation) }

// copiesName is what sentences call copies by a perturbation.
func copiesName(perturbation string) string {
	if mixed(perturbation) {
		return "blends"
	}
	return "near-copies"
}

// mixedSentence is in place of the sentence on the level that is read.
func (r reading) mixedSentence(v *view) string {
	return fmt.Sprintf("The numbers are those of %s, the smallest level above 0. They ask whether the probe, taught these labels, holds between two examples of one label.", v.place(r.perturbation, r.level))
}

// limitsOfMixed is what blends cannot say.
func (v *view) limitsOfMixed() []string {
	if !slices.ContainsFunc(v.perturbations, mixed) {
		return nil
	}
	return []string{"Copies by mix-class are blends of features, with other examples under each label set. Of them no errors over other examples are said, no p of memorization, and no part of it that is the example's own: those rest on copies that are made of one example and are the same under all label sets.",
		"What a linear probe gives two examples it gives every blend of them. Where it fits whatever labels it is given at level 0, blends show nothing more."}
}

// onlyMixed says whether all rows are of blends.
func (v *view) onlyMixed() bool {
	return !slices.ContainsFunc(v.rows, func(r result.Row) bool { return !mixed(r.Perturbation) })
}
