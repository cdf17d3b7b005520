package perm

import (
	"fmt"
	"math"
)

// leastRoom is the least distance between the twin's learning and the most that
// can be learned at which the calibrated scale is worth reading: below it, an
// error in learning of 0.01 moves the scale by 0.2 and more.
const leastRoom = 0.05

// Calibrate puts learning L on the scale between a shuffled-label twin and the
// ideal: (L - twin)/(1 - chance - twin). 0 looks like pure memorization, 1 is a
// probe that is always right with the real labels and at chance with shuffled
// ones; below 0 is less than the twin. The twin is a network of the same
// architecture, data and schedule, trained on shuffled labels and probed with
// them. It is an error where a value is not finite or chance is not a share, and
// where the twin leaves less than 0.05 of room (a level at which memorized
// labels read like learned ones).
func Calibrate(learning, chance, twin float64) (float64, error) {
	if sum := learning + chance + twin; math.IsNaN(sum) || math.IsInf(sum, 0) {
		return 0, fmt.Errorf("calibrated learning: learning %v, chance %v and the twin's learning %v must be finite", learning, chance, twin)
	}
	if chance < 0 || chance > 1 {
		return 0, fmt.Errorf("calibrated learning: chance %v is not a share", chance)
	}
	value, room := onScale(learning, chance, twin)
	if room < leastRoom {
		return 0, fmt.Errorf("calibrated learning: the twin's learning %.3f leaves %.3f up to the ideal, less than %.2f; choose a higher level of perturbation", twin, room, leastRoom)
	}
	return value, nil
}

// onScale is (L - twin)/room, where room = 1 - chance - twin.
func onScale(learning, chance, twin float64) (value, room float64) {
	room = 1 - chance - twin
	return (learning - twin) / room, room
}

// CalibrateMeans puts the mean learning over seeds on the scale of Calibrate, for
// rows that do not say their own calibrated learning. Chance may be that of any
// metric. It is false where the mean twin leaves no more than 0.05 of room.
func CalibrateMeans(learning, chance, twin float64) (float64, bool) {
	value, room := onScale(learning, chance, twin)
	if room <= leastRoom {
		return 0, false
	}
	return value, true
}
