package main

import (
	"context"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets/memory"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/rundir"
	"github.com/seed-1a417598/memtest/xla"
)

func runCommand(args []string) *cobra.Command {
	var s settings
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Train a network and measure what it learns and memorizes",
		Long: "run trains a network, takes its features at the epochs asked for, and measures them beside references: " +
			"the untrained network, the raw inputs, and a twin trained on shuffled labels. Rows and pages go to --out.",
		Example: "  memtest run\n" +
			"  memtest run --data mnist --n 10000 --net cnn:16,32/128 --layers all\n" +
			"  memtest run --data mine.npz --own layout=nhwc,low=0,high=255 --out runs/mine\n" +
			"  memtest run --perturb rotate --levels 0,5,15 --seeds 3 --out runs/rotate\n" +
			"  memtest run --resume --out runs/mine --permutations 999",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := s.checkShard(); err != nil {
				return usage(err)
			}
			config, err := s.resolve(cmd)
			if err != nil {
				return err
			}
			return s.train(cmd.Context(), config, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	s.add(cmd.Flags(), memtest.CommandRun)
	s.addShard(cmd.Flags())
	return cmd
}

// train trains and measures the network of a configuration.
func (s *settings) train(ctx context.Context, config memtest.Config, command []string, stdout, stderr io.Writer) error {
	started := time.Now()
	log := s.log(stderr)
	x, err := memtest.New(ctx, config, s.data(log))
	if err != nil {
		return usage(err)
	}
	engine, err := xla.Open(ctx, s.backend, xla.Options{Log: log, NoInstall: s.offline})
	if err != nil {
		return err
	}
	defer engine.Close()
	if x.Config.Devices, err = deviceCount(engine, s.devices); err != nil {
		return usage(err)
	}
	manifest, err := memtest.NewManifest(ctx, engine, command, started)
	if err != nil {
		return err
	}
	folder, err := x.Folder(manifest)
	if err != nil {
		return err
	}
	bar := newProgress(log)
	x.Config.Progress, x.Config.Note = bar.show, bar.note
	if s.shard != "" {
		return s.measureShard(ctx, engine, x, folder, bar, stdout, log)
	}
	return job{
		settings: s, engine: engine, Folder: folder, progress: bar, log: log, pictures: x, total: x.Total(),
		cells: func(d *rundir.Dir) iter.Seq2[memtest.Cell, error] {
			bar.note(fmt.Sprintf("%d cells in all, in about %s of memory", x.Total(), memory.Size(x.Memory())))
			return x.In(d).Cells(ctx, engine)
		},
	}.run(ctx, stdout)
}
