package perturb

import "github.com/seed-1a417598/memtest/datasets"

// compositions that the conformance suite covers.
var compositions = []string{"gaussian:0.1", "rotate:10+gaussian:0.1", "shift:2+blur:1+contrast:0.3", "column-noise:0.2+uniform:0.2", "mix:0.2+dropout:0.1",
	"token-delete:0.1+token-replace:0.1", "time-warp:0.2+jitter:0.1", "window-crop:0.2+scaling:0.1", "missing:0.1+column-noise:0.2"}

// deterministic perturbations draw nothing from the seed.
var deterministic = map[string]bool{"blur": true}

// copied says which kinds of examples each perturbation copies, beside All.
var copied = map[string][]datasets.Kind{
	"gaussian": {datasets.Image, datasets.Table, datasets.Series}, "uniform": {datasets.Image, datasets.Table, datasets.Series},
	"column-noise": {datasets.Image, datasets.Table}, "mix": {datasets.Image, datasets.Table},
	"salt-pepper": {datasets.Image}, "replace": {datasets.Image}, "dropout": {datasets.Image}, "occlusion": {datasets.Image},
	"shift": {datasets.Image}, "rotate": {datasets.Image}, "scale": {datasets.Image}, "shear": {datasets.Image}, "flip": {datasets.Image},
	"elastic": {datasets.Image}, "blur": {datasets.Image}, "brightness": {datasets.Image}, "contrast": {datasets.Image},
	"column-resample": {datasets.Table}, "corrupt": {datasets.Table}, "missing": {datasets.Table},
	"jitter": {datasets.Series}, "scaling": {datasets.Series}, "channel-dropout": {datasets.Series},
	"time-shift": {datasets.Series}, "time-warp": {datasets.Series}, "window-crop": {datasets.Series},
	"token-replace": {datasets.Tokens}, "token-mask": {datasets.Tokens}, "token-delete": {datasets.Tokens}, "token-swap": {datasets.Tokens}, "token-crop": {datasets.Tokens},

	"gaussian:0.1": {datasets.Image, datasets.Table, datasets.Series}, "rotate:10+gaussian:0.1": {datasets.Image},
	"shift:2+blur:1+contrast:0.3": {datasets.Image}, "column-noise:0.2+uniform:0.2": {datasets.Image, datasets.Table}, "mix:0.2+dropout:0.1": {datasets.Image},
	"token-delete:0.1+token-replace:0.1": {datasets.Tokens}, "time-warp:0.2+jitter:0.1": {datasets.Series}, "window-crop:0.2+scaling:0.1": {datasets.Series},
	"missing:0.1+column-noise:0.2": {datasets.Table},
	"own":                          {datasets.Image, datasets.Table}, // all, but it was written for these
}
