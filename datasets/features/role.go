package features

// Role says what the network of some features is to the others of a run.
type Role string

const (
	Network   Role = "network"   // the network under test, or features from a file
	Untrained Role = "untrained" // the network under test at epoch 0; where the network is called untrained too, that of every network of the run
	Start     Role = "start"     // the pretrained network that a fine-tuned one began from: its reference in place of the untrained one
	Input     Role = "input"     // the raw inputs, of no network
	Twin      Role = "twin"      // the same network trained on shuffled labels to the same training accuracy
	Refit     Role = "refit"     // the same network trained anew for each label set
)

// EpochNone is the epoch of what has no epoch, or none that is known: raw inputs,
// and most features from files.
const EpochNone = -1
