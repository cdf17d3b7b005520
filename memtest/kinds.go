package memtest

import "github.com/seed-1a417598/memtest/datasets"

// usual is what a run of a kind of examples takes where nothing is asked for: a network that
// people use there, and copies that keep an example what it is.
var usual = map[datasets.Kind]struct{ net, perturb string }{
	datasets.Image:  {"mlp", "gaussian"},
	datasets.Table:  {"mlp", "column-noise"},
	datasets.Series: {"conv1d", "jitter"},
	datasets.Tokens: {"transformer", "token-replace"},
}
