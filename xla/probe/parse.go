package probe

import (
	"fmt"
	"strconv"
	"strings"
)

// Names lists the probes that Parse knows.
func Names() []string { return []string{"ridge", "softmax", "knn", "centroid", "forest"} }

// Parse makes a probe of its name, with a setting after a colon where it has
// one:
//
//	ridge, ridge:10, ridge:gcv        L2 penalty, default a tenth of the mean eigenvalue of the Gram matrix; gcv chooses it, see Ridge
//	softmax, softmax:10, softmax:gcv  L2 penalty, default 1; gcv chooses it
//	knn, knn:11                       number of neighbours, default 5
//	centroid
//	forest, forest:500                number of trees, default 100; slow: a fit a label set
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
