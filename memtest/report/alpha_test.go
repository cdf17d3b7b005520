package report

import (
	"strings"
	"testing"

	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/result"
)

// The level that was asked for decides what a sentence says: p = 0.02 shows
// learning at 0.05 and none at 0.01.
func TestConclusionsFollowAlpha(t *testing.T) {
	for alpha, want := range map[float64]string{0: "Learned", 0.05: "Learned", 0.01: "Cannot be said"} {
		r := toy("mlp", 5, 0.3, 0.7, 0.3)
		r.Alpha, r.LearningP, r.Permutations, r.Null = alpha, 0.02, 49, nil
		sentences, err := Conclusions([]result.Row{r})
		if err != nil || !strings.Contains(sentences[0], want) {
			t.Errorf("alpha %g: %v, want %q (%v)", alpha, sentences, want, err)
		}
		all := strings.Join(sentences, " ")
		if few := strings.Contains(all, "49 permutations are too few to say that a learning p-value is below 0.01"); few != (alpha == 0.01) || few && !strings.Contains(all, "Ask for 99 or more") {
			t.Errorf("alpha %g: %s", alpha, all)
		}
	}
}

// A full refit is no network under test: its exact p-value stands beside the
// network's.
func TestRefitIsNoNetworkUnderTest(t *testing.T) {
	net, refit := toy("mlp", 5, 0.3, 0.7, 0.3), toy(string(features.Refit), 5, 0.3, 0.6, 0.3)
	refit.Exact, refit.LearningP = true, 0.04
	v, err := newView([]result.Row{net, refit})
	if err != nil {
		t.Fatal(err)
	}
	if all := v.conclude(); len(all) != 1 || !strings.Contains(strings.Join(all[0].Lead, " "), "hidden gives") {
		t.Errorf("conclusions about %v", all)
	}
	if all := strings.Join(v.allNumbers(), " "); !strings.Contains(all, "Trained anew on each label set (a full refit), learning is +0.300, with the exact p-value 0.040.") {
		t.Errorf("the refit is not spoken of: %s", all)
	}
}
