package datasets

import (
	"context"
	"testing"
)

// BenchmarkLoad loads whole sets from the disk, checksums and Check included:
// 70,000 images of 28×28 for MNIST and Fashion-MNIST.
func BenchmarkLoad(b *testing.B) {
	for _, name := range []string{"fashion-mnist-sample", "fashion-mnist", "mnist"} {
		b.Run(name, func(b *testing.B) {
			if dir, err := Find(context.Background(), name, Options{}); err != nil || dir == "" && name != sampleName {
				b.Skipf("%s is not on this machine", name)
			}
			for b.Loop() {
				if _, _, err := Load(context.Background(), name, Options{Offline: true}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
