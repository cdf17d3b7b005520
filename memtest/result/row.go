// Package result holds what a run measured: rows, as structs and as JSON lines,
// and the manifest. It is pure data.
package result

import (
	"github.com/seed-1a417598/memtest/datasets/features"
	"github.com/seed-1a417598/memtest/memtest/perm"
)

// Format is the version of the row that this program writes: of its layout, and of how
// its values are computed.
//
// Format 2 adds standard errors and intervals over images, the two parts of
// memorization, the share of parents among neighbours, differences to references,
// the scaling, the sides and the stop of the test.
//
// Format 3 has the layout of format 2. Features of float64 far from zero lose their
// mean before they are rounded, and numbers of tables are rounded once.
const Format = 3

// EpochNone is the epoch of rows of no epoch, or of none that is known: of the
// `input` reference, and of features from a file.
const EpochNone = features.EpochNone

// Row is one measurement: one network at one epoch, seen through one layer by
// one probe, scored on the copies of one perturbation at one level. Accuracies
// and chance are in [0, 1], learning and memorization, which are differences, in
// [-1, 1]. Of the metric log-loss, observed, null and chance are at most 0, and
// differences have no bounds.
type Row struct {
	Format       int           `json:"format"`
	Config       string        `json:"config,omitempty"`     // ConfigID of the run's config.yaml; filled in by the run's folder
	Data         string        `json:"data"`                 // name of the data set
	Network      string        `json:"network"`              // mlp, cnn, a file's name; "input" for the raw inputs; "twin" for the shuffled-label twin; "untrained" and "start" for those of all networks of a file
	Role         features.Role `json:"role"`                 // what the network is to the others of the run
	Seed         uint64        `json:"seed"`                 // seed of the training; label sets, copies and reshuffles come from the run's seed
	Registered   string        `json:"registered,omitempty"` // SHA-256 of the file that said beforehand what would be read from the row; absent = there is none
	Epoch        int           `json:"epoch"`                // 0 = untrained, EpochNone (-1) = no epoch, or not known
	Layer        string        `json:"layer"`                // name of the layer; "input" for the raw inputs
	Probe        string        `json:"probe"`                // ridge, knn, …
	Perturbation string        `json:"perturbation"`         // gaussian, …
	Level        float64       `json:"level"`                // in the perturbation's unit
	Unit         string        `json:"unit,omitempty"`       // of the level, for people: "sd, pixels 0..1", "degrees"; empty = not said
	N            int           `json:"n"`                    // training examples = copies
	Features     int           `json:"features"`             // columns that the probe saw
	Classes      int           `json:"classes"`
	Permutations int           `json:"permutations"`        // B
	Alpha        float64       `json:"alpha,omitempty"`     // level that the p-values were asked to reach; absent = not said
	Margin       float64       `json:"margin,omitempty"`    // difference below which sentences call two cells the same, where an interval shows it; absent = not said
	TwoSided     bool          `json:"two_sided,omitempty"` // learning_p, alone and adjusted, also counts accuracies far below the null

	// Stop is the number of label sets as good as the real labels at which a
	// sequential test stops; 0 = there was none.
	Stop int `json:"stop,omitempty"`

	Metric  string  `json:"metric,omitempty"`      // of observed, null and what follows: balanced, auc, log-loss; empty = accuracy
	Penalty float64 `json:"l2_strength,omitempty"` // L2 penalty of ridge and softmax, given or chosen
	Scale   string  `json:"scale,omitempty"`       // how the columns were scaled: floor, standard, shared, none; empty in rows of format 1

	Observed     float64   `json:"observed"`               // T_0, matched accuracy with the real labels
	NullMean     float64   `json:"null_mean"`              // mean of T_b, b ≥ 1
	NullSD       float64   `json:"null_sd"`                // standard deviation of T_b (divisor B−1)
	Null         []float64 `json:"null"`                   // T_1..T_B
	Chance       float64   `json:"chance"`                 // mean of c_b, b ≥ 1
	Fresh        *float64  `json:"fresh"`                  // the probe's accuracy on the test set, fitted to the real labels; null = no test set
	FreshChance  *float64  `json:"fresh_chance,omitempty"` // of Fresh: what its predictions and labels, paired at random, have on average; absent = not said
	FreshN       int       `json:"fresh_n,omitempty"`      // test examples; absent = not said
	Learning     float64   `json:"learning"`
	Memorization float64   `json:"memorization"`
	Z            *float64  `json:"z"` // learning / null_sd; null where null_sd is 0

	// Standard errors of learning and memorization and their 95 % intervals, over
	// other images: the whole procedure, copies and label sets included, on another n
	// examples of the same kind, the network held fixed (perm.OverImages). The …SetsSE
	// are of having drawn B label sets only. Null in rows of format 1.
	LearningSE         *float64 `json:"learning_se,omitempty"`
	LearningLow        *float64 `json:"learning_low,omitempty"`
	LearningHigh       *float64 `json:"learning_high,omitempty"`
	LearningSetsSE     *float64 `json:"learning_sets_se,omitempty"`
	MemorizationSE     *float64 `json:"memorization_se,omitempty"`
	MemorizationLow    *float64 `json:"memorization_low,omitempty"`
	MemorizationHigh   *float64 `json:"memorization_high,omitempty"`
	MemorizationSetsSE *float64 `json:"memorization_sets_se,omitempty"`

	Halves int `json:"halves,omitempty"` // random splits of the examples into halves that the errors over images also come from

	// Memorization of hits, whatever the metric, is the sum
	// of two parts: what remains when copies are exchanged within the class of their
	// parent, and what the example itself gives. Null in rows of format 1.
	MemorizationClass *float64 `json:"memorization_class,omitempty"`
	MemorizationOwn   *float64 `json:"memorization_own,omitempty"`
	MemorizationOwnSE *float64 `json:"memorization_own_se,omitempty"` // over images, as above
	MemorizationOwnP  *float64 `json:"memorization_own_p,omitempty"`  // reshuffles within the class of the parent

	// Parents is the share of copies that have their parent among their k nearest
	// neighbours; null for probes without neighbours.
	Parents *float64 `json:"parents,omitempty"`

	// Nearest is, of raw inputs, the share of copies whose nearest training example is
	// the parent, or one as near, by distance between the values, of tables in units of
	// the columns' spread (perturb.ParentNearest); null for networks.
	Nearest *float64 `json:"nearest,omitempty"`

	// Differences to the references of the run, over the same images and label
	// sets; filled in when the run is complete.
	Differences []Difference `json:"differences,omitempty"`

	// Calibrated learning: 0 = what the shuffled-label twin of this network has,
	// 1 = the most that there can be. Null until the run is complete, without a
	// twin, and where the twin leaves no room to tell them apart.
	Calibrated *float64 `json:"calibrated,omitempty"`

	LearningP         float64  `json:"learning_p"`
	LearningPLow      float64  `json:"learning_p_low"` // 95 % Clopper–Pearson interval
	LearningPHigh     float64  `json:"learning_p_high"`
	LearningPAdjusted *float64 `json:"learning_p_adjusted"`      // over the cells of its family, the rows of the run with its network and role; null until the run is complete
	MemorizationP     float64  `json:"memorization_p,omitempty"` // never 0; absent = there is none, as of mix-class
	Reshuffles        *int     `json:"reshuffles,omitempty"`     // J of memorization_p, whose floor is 1/(J+1); absent = not said
	Exact             bool     `json:"exact"`                    // learning_p is exact: the features never saw the labels, or each label set has a network of its own (a full refit), and the probe took no setting from the real labels; else, and with label sets that were given, it is descriptive

	// WithinClass is the share of the features' variance that lies within the
	// classes of the labels fitted: 1 = the class means are all alike, 0 = each
	// class has collapsed onto its mean. Of the columns that the probe saw, before
	// any perturbation; absent = not measured.
	WithinClass *float64 `json:"within_class,omitempty"`

	PerClass []ClassRow `json:"per_class,omitempty"` // [K]

	TrainAccuracy *float64 `json:"train_accuracy"`    // of the network itself, in [0, 1]; null = not known, or raw inputs
	TestAccuracy  *float64 `json:"test_accuracy"`     // likewise
	OwnGap        *float64 `json:"own_gap,omitempty"` // train_accuracy less test_accuracy

	// What the network itself gives for the examples, without a probe and without
	// shuffles: how often the label, and the mean cross-entropy in nats. Copies carry
	// the labels of their parents that it was trained on, as training examples do;
	// fresh examples their real ones. Of all layers and probes alike; absent = not known.
	OwnAccuracy  *float64 `json:"own_accuracy,omitempty"`   // for the copies of this level, in [0, 1]
	OwnLoss      *float64 `json:"own_loss,omitempty"`       // likewise, at least 0
	OwnTrainLoss *float64 `json:"own_train_loss,omitempty"` // for the training examples
	OwnFreshLoss *float64 `json:"own_fresh_loss,omitempty"` // for the fresh examples
	OwnLossGap   *float64 `json:"own_loss_gap,omitempty"`   // own_fresh_loss less own_train_loss

	// MembershipAUC is how well the network's loss tells training examples from fresh
	// ones: the share of pairs of one each in which the training example has the smaller
	// loss, equal ones counted half. 1/2 = not at all; absent = a loss is not known.
	MembershipAUC *float64 `json:"membership_auc,omitempty"`

	TrainedEpochs int      `json:"trained_epochs,omitempty"` // of a twin, whose Epoch is that of the network it matches
	Flags         []string `json:"flags"`                    // warnings, one of the Flag… words each, perhaps with ": detail"
}

// ClassRow is what a row says of the copies of one class: shares of those with
// this label (under a shuffle, of those that it labels so).
type ClassRow struct {
	Class        int     `json:"class"`
	Labels       int     `json:"labels"` // examples of the class
	Observed     float64 `json:"observed"`
	NullMean     float64 `json:"null_mean"`
	Chance       float64 `json:"chance"`
	Learning     float64 `json:"learning"`
	Memorization float64 `json:"memorization"`
	LearningP    float64 `json:"learning_p"` // not adjusted for there being K classes
}

// Difference is how much more a row shows than a reference of the same run. Its
// standard errors are over other images and label sets, as those of the row.
type Difference struct {
	Reference features.Role `json:"reference"` // untrained, start, input, twin
	Cell      string        `json:"cell"`      // of the reference, as Row.Cell names it

	Learning   float64 `json:"learning"` // L of the row less L of the reference
	LearningSE float64 `json:"learning_se"`
	Own        float64 `json:"memorization_own"` // likewise the example's own part of memorization
	OwnSE      float64 `json:"memorization_own_se"`
}

// Flags that a row can carry.
const (
	FlagSaturated    = "saturated"       // observed and null are both at 1: the level tells nothing
	FlagFloor        = "p-floor"         // the smallest p that B permutations can reach, alone or adjusted, is above alpha
	FlagFewSets      = "few-sets"        // means and deviations are over fewer than perm.LeastSets label sets: "few-sets: 5"
	FlagOneClass     = "one-class"       // fitted to the real labels, the probe predicts one class for almost all copies: "one-class: class 1 for 99.8 % of the copies"
	FlagWide         = "wide"            // as many columns as examples or more, by ridge or softmax: "wide: 784 columns for 500 examples"
	FlagDoubtful     = "copies-doubtful" // at the smallest level above 0, far fewer copies than fresh examples get their label: "copies-doubtful: right at level 0.1 12.0 %, fresh examples 86.4 %"; on all levels above 0
	FlagAugmented    = "augmented"       // training images were changed by what makes the copies: "augmented: flip"
	FlagCropped      = "cropped"         // the network takes only the first steps of longer sequences: "cropped: the first 64 of 128 steps"
	FlagCeiling      = "knn-ceiling"     // nearly all copies find their parent among their k neighbours: memorization by k-NN, at every level the probe's own, is at its most
	FlagDropped      = "dropped"         // constant or dead columns dropped: "dropped: 12 of 512"
	FlagFloored      = "floored"         // columns that vary little beside the others were divided by more than their sd: "floored: 300 of 512"
	FlagConstant     = "constant"        // features have no variation at all
	FlagPenalty      = "l2-edge"         // the L2 penalty that cross-validation chose is at the end of its grid: "l2-edge: 1e+06"
	FlagOneHot       = "one-hot"         // of the raw input of tokens: its columns are one value for each token at each place, 1 where it stands
	FlagCounts       = "counts"          // of the raw input of tokens: its columns are how often each token occurs; "counts: 20000 tokens in 8192 columns" where several share one
	FlagTwinAccuracy = "twin-accuracy"   // training accuracies of twin and network differ by more than 0.02
)

// UnderTest says whether the row is of a network under test, trained or not; all others
// are measured for comparison with it. An untrained network that is called by its role
// is one of the others: it stands for every network of the run.
func (r Row) UnderTest() bool {
	return r.Role == features.Network || r.Role == "" || r.Role == features.Untrained && r.Network != string(features.Untrained)
}

// AlphaOrDefault is the level of the tests behind the row's p-values; of rows that do
// not say it, the default.
func (r Row) AlphaOrDefault() float64 {
	if r.Alpha == 0 {
		return perm.DefaultAlpha
	}
	return r.Alpha
}
