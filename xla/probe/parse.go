package probe

import (
	"fmt"
	"strconv"
	"strings"
)

// known are the probes that Parse knows, with what people should know of each.
var known = []struct{ name, about string }{
	{"ridge", fmt.Sprintf("least squares on one column of ±1 for each class. Setting: the L2 penalty, as in ridge:10, or %s, which chooses it on the real labels by generalized cross-validation (default a tenth of the mean eigenvalue of the Gram matrix)", gcvSetting)},
	{"softmax", fmt.Sprintf("multinomial logistic regression. Setting: the L2 penalty, as in softmax:10, or %s, as of ridge (default %v)", gcvSetting, defaultLambda)},
	{"knn", fmt.Sprintf("the most frequent label among the nearest examples. Setting: how many, as in knn:11 (default %d)", defaultNeighbours)},
	{"centroid", "the class whose mean is nearest. No setting"},
	{"forest", fmt.Sprintf("a random forest; slow, since each label set is fitted by itself. Setting: the number of trees, as in forest:500 (default %d)", defaultTrees)},
}

// Names lists the probes that Parse knows.
func Names() []string {
	var names []string
	for _, k := range known {
		names = append(names, k.name)
	}
	return names
}

// About says in a line what a probe of Names does and which setting it has; "" of
// another name.
func About(name string) string {
	for _, k := range known {
		if k.name == name {
			return k.about
		}
	}
	return ""
}

// Parse makes a probe of its name, with a setting after a colon where it has one: see
// About.
func Parse(text string) (Probe, error) {
	name, setting, given := strings.Cut(text, ":")
	switch name {
	case "ridge", "softmax":
		penalty := 0.0 // the default
		chosen := setting == gcvSetting
		if given && !chosen {
			var err error
			if penalty, err = strconv.ParseFloat(setting, 64); err != nil || !(penalty > 0 && penalty <= 1e12) {
				return nil, fmt.Errorf("probe %q: the L2 penalty %q must be a number above 0, as in %s:10, or gcv", text, setting, name)
			}
		}
		if name == "ridge" {
			return Ridge{Alpha: penalty, GCV: chosen}, nil
		}
		if !given {
			penalty = defaultLambda
		}
		return SoftmaxRegression{Lambda: penalty, GCV: chosen}, nil
	case "knn":
		k, err := count(setting, given, defaultNeighbours)
		if err != nil {
			return nil, fmt.Errorf("probe %q: the number of neighbours %q must be a whole number from 1, as in knn:11", text, setting)
		}
		return KNN{K: k}, nil
	case "forest":
		trees, err := count(setting, given, defaultTrees)
		if err != nil {
			return nil, fmt.Errorf("probe %q: the number of trees %q must be a whole number from 1, as in forest:500", text, setting)
		}
		if trees > mostTrees {
			return nil, fmt.Errorf("probe %q: %d trees are too many; ask for at most %d", text, trees, mostTrees)
		}
		return Forest{Trees: trees}, nil
	case "centroid":
		if given {
			return nil, fmt.Errorf("probe %q: centroid has no setting; type centroid", text)
		}
		return Centroid{}, nil
	}
	return nil, fmt.Errorf("probe %q is not known; choose from %s", text, strings.Join(Names(), ", "))
}

// count reads a setting that is a whole number from 1.
func count(setting string, given bool, otherwise int) (int, error) {
	if !given {
		return otherwise, nil
	}
	v, err := strconv.Atoi(setting)
	if err == nil && v < 1 {
		err = strconv.ErrRange
	}
	return v, err
}

// named is a probe's name with a setting, left out where it is the default.
func named(name string, setting, otherwise int) string {
	if setting == otherwise {
		return name
	}
	return fmt.Sprintf("%s:%d", name, setting)
}

// penalized is a probe's name with its L2 penalty.
func penalized(name string, penalty float64) string {
	return name + ":" + strconv.FormatFloat(penalty, 'g', -1, 64)
}
