// Package arithmetic tells whether a machine computes as another one did: by the
// hash of a small fixed computation, which is the same wherever rows are. Another
// kind of processor, another version of a plugin, or a flag of XLA's can change the
// last digits of sums, hence of trained weights, hence of rows.
package arithmetic

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/datasets/arrays"
	"github.com/seed-1a417598/memtest/xla"
	"github.com/seed-1a417598/memtest/xla/linalg"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// version changes with the computation, so that hashes of another are not
// compared with these.
const version = 1

// compute is the hash of a Gram matrix of 10,000 rows and of the weights and the
// outputs of a small convolutional network after a short training, bit for bit.
func compute(ctx context.Context, e *xla.Engine) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "memtest arithmetic %d\n", version)
	rows, err := nn.Gaussian(10_000, datasets.Shape{Height: 1, Width: 24, Channels: 1}, 2, 1, "arithmetic rows")
	if err != nil {
		return "", err
	}
	gram, err := linalg.Gram(e, arrays.Matrix{Rows: rows.Len(), Cols: rows.Shape.Size(), Data: rows.X})
	if err != nil {
		return "", err
	}
	defer xla.Free(gram)
	sums, err := xla.Download[float64](gram)
	if err != nil {
		return "", err
	}
	for _, v := range sums {
		write(h, math.Float64bits(v))
	}
	if err := train(ctx, e, h); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// train writes what a short training ends with.
func train(ctx context.Context, e *xla.Engine, h io.Writer) error {
	set, err := nn.Gaussian(96, datasets.Shape{Height: 8, Width: 8, Channels: 1}, 3, 1, "arithmetic images")
	if err != nil {
		return err
	}
	const epochs = 2
	spec := nn.CNN(set.Shape, len(set.Classes), []int{8}, 16)
	for s, err := range nn.Train(ctx, e, spec, set, nn.Training{Epochs: epochs, Keep: []int{epochs}, Batch: 32, Seed: 1}) {
		if err != nil {
			return err
		}
		outputs, err := s.Features(ctx, set, nn.LayerLogits)
		s.Close()
		if err != nil {
			return err
		}
		write(h, math.Float64bits(s.Loss))
		for _, v := range outputs.Data {
			write(h, uint64(math.Float32bits(v)))
		}
	}
	return nil
}

func write(h io.Writer, bits uint64) {
	h.Write(binary.LittleEndian.AppendUint64(nil, bits)) // a hash never fails
}
