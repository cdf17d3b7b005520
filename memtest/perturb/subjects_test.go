package perturb

// compositions that the conformance suite covers.
var compositions = []string{"gaussian:0.1", "rotate:10+gaussian:0.1", "shift:2+blur:1+contrast:0.3", "column-noise:0.2+uniform:0.2", "mix:0.2+dropout:0.1"}

// deterministic perturbations draw nothing from the seed.
var deterministic = map[string]bool{"blur": true}
