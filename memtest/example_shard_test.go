package memtest_test

import (
	"context"
	"fmt"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/xla"
)

// The units of a run can be measured apart, by processes of their own: here those of the
// second of two shards.
func ExampleShard() {
	ctx := context.Background()
	c := small()
	c.Refs, c.Seeds = nil, 2
	x, err := memtest.New(ctx, c, datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := xla.Open(ctx, "", xla.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer engine.Close()
	shard := memtest.Shard{Number: 2, Of: 2}
	for i, unit := range x.Units() {
		fmt.Println(unit, shard.Owns(i))
	}
	for cell, err := range x.Part(shard.Units(x.Units())...).Cells(ctx, engine) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(cell.Network, cell.Epoch, cell.Layer)
	}
	// Output:
	// input false
	// network-1 true
	// network-2 false
	// mlp 0 dense1
	// mlp 3 dense1
	// twin 3 dense1
}
