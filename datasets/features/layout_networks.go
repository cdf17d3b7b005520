package features

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/seed-1a417598/memtest/datasets/arrays"
)

// network is one network of a file at one epoch, and what the file says of it.
type network struct {
	key    string   // as the file writes it, such as net@5; "" = the one without a name
	base   string   // without its epoch
	epoch  *int     // of its rows; nil = none
	places []string // what stands before the names of its own arrays

	name          string // of its rows; "" = that which the reader gives
	role          Role
	labels        []int32 // its own; nil = those of the file
	labelsFrom    string  // the array of its own labels
	train, test   *float64
	trainedEpochs int
}

// String is the network in a sentence.
func (n *network) String() string {
	if n.key == "" {
		return "the network without a name"
	}
	return n.key
}

// describe says whose features those of a layer of this network are.
func (n *network) describe(f *Features) {
	f.Network, f.Role, f.Epoch = n.name, n.role, n.epoch
	f.TrainAccuracy, f.TestAccuracy, f.TrainedEpochs = n.train, n.test, n.trainedEpochs
	if n.labels != nil {
		f.Labels = n.labels
	}
}

// readNetworks reads what the file says of each network, and finds which of them
// belong together.
func (l *Layout) readNetworks() error {
	for _, n := range l.networks {
		if err := l.readNetwork(n); err != nil {
			return l.inMain(err)
		}
	}
	if l.single {
		return nil
	}
	for _, step := range []func() error{l.checkEpochs, l.matchTwins, l.nameNetworks, l.matchLayers} {
		if err := step(); err != nil {
			return l.inMain(err)
		}
	}
	return nil
}

// inMain is an error that names the file.
func (l *Layout) inMain(err error) error {
	if l.main == nil || strings.Contains(err.Error(), l.main.Path()) {
		return err
	}
	return fmt.Errorf("file %s: %w", l.main.Path(), err)
}

// readNetwork reads role, accuracies and epochs of a network.
func (l *Layout) readNetwork(n *network) error {
	n.role = Network
	if l.main == nil {
		return nil
	}
	if !l.single {
		if err := l.readRole(n); err != nil {
			return err
		}
	}
	var err error
	for _, share := range []struct {
		key string
		to  **float64
	}{{keyTrainAccuracy, &n.train}, {keyTestAccuracy, &n.test}} {
		if *share.to, err = l.number(n, share.key); err != nil {
			return err
		}
		if v := *share.to; v != nil && !(*v >= 0 && *v <= 1) {
			return fmt.Errorf("%s of %v is %v; it is a share of the examples, from 0 to 1", share.key, n, *v)
		}
	}
	epochs, err := l.number(n, keyTrainedEpochs)
	if err != nil || epochs == nil {
		return err
	}
	switch v := *epochs; {
	case !(v >= 0 && v < 1<<31 && v == math.Trunc(v)):
		return fmt.Errorf("%s of %v is %v; it is a whole number of epochs, 0 or more", keyTrainedEpochs, n, v)
	case (n.role == Network || n.role == Untrained) && n.epoch != nil && int(v) != *n.epoch:
		return fmt.Errorf("%s of %v is %v, but it is of epoch %d; only a twin is trained for another time than its epoch says", keyTrainedEpochs, n, v, *n.epoch)
	}
	n.trainedEpochs = int(*epochs)
	return nil
}

// own is the array of a network with this key, nil where there is none; shared says
// that it is of the network at all its epochs.
func (l *Layout) own(n *network, key string) (a *arrays.Array, shared bool, err error) {
	if l.main == nil {
		return nil, false, nil
	}
	for i, place := range n.places {
		if l.main.Has(place + key) {
			a, err = l.array(l.main, place+key)
			return a, i > 0, err
		}
	}
	return nil, false, nil
}

// number reads one number of a network, nil where there is none.
func (l *Layout) number(n *network, key string) (*float64, error) {
	a, shared, err := l.own(n, key)
	if err != nil || a == nil {
		return nil, err
	}
	if shared && slices.ContainsFunc(l.networks, func(o *network) bool { return o != n && o.base == n.base }) {
		return nil, fmt.Errorf("%s is of %s at one epoch, but the file has it at several; save it as %s/%s", a.Name, n.base, n.key, key)
	}
	v, err := a.Value()
	return &v, err
}

// readRole finds the role of a network: what is stated, what its name says, or what
// its epoch does.
func (l *Layout) readRole(n *network) error {
	a, shared, err := l.own(n, keyRole)
	if err != nil {
		return err
	}
	var stated Role
	if a != nil {
		text, err := a.Text()
		if err != nil {
			return err
		}
		if stated = Role(text); !slices.Contains(roles, stated) {
			return fmt.Errorf("role of %v: %q is not known; choose network, untrained, twin or start", n, text)
		}
	}
	zero := n.epoch != nil && *n.epoch == 0
	switch known := slices.Contains(roles[1:], Role(n.base)); {
	case known && stated != "" && stated != Role(n.base):
		return fmt.Errorf("role of %v is %s, but its name says %s; give it another name", n, stated, n.base)
	case known:
		n.role = Role(n.base)
	case n.key == "" && stated != "" && stated != Network:
		return fmt.Errorf("role is %s, but the network without a name is the network under test; give it a name, as in %s/train", stated, stated)
	case zero && (stated == "" || stated == Network && shared):
		n.role = Untrained
	case stated != "":
		n.role = stated
	}
	return n.checkRole(zero)
}

// checkRole refuses a role that does not go with the epoch, zero or not.
func (n *network) checkRole(zero bool) error {
	if n.epoch != nil {
		switch {
		case n.role == Network && zero:
			return fmt.Errorf("role of %v is network, but at epoch 0 it is untrained; leave the role out", n)
		case n.role == Twin && zero:
			return fmt.Errorf("%v: a twin matches a trained network, and epoch 0 is the untrained one; give it the epoch of the network that it matches", n)
		case (n.role == Untrained || n.role == Start) && !zero:
			return fmt.Errorf("%v: %s is a network before its training, so it has no epoch %d; leave the epoch out", n, n.role, *n.epoch)
		}
	}
	switch n.role {
	case Untrained:
		n.epoch = new(int)
	case Start:
		n.epoch = nil
	}
	return nil
}
