package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest/report/document"
	"github.com/seed-1a417598/memtest/memtest/report/word"
)

func dataCommand() *cobra.Command {
	data := &cobra.Command{
		Use: "data list|fetch|info", Short: "Data sets: list, fetch, info", Long: dataTopic(), Args: cobra.NoArgs,
		Example: "  memtest data list\n" +
			"  memtest data fetch mnist\n" +
			"  memtest data info mine.npz --own layout=nhwc,low=0,high=255",
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	var own datasets.FileOptions
	info := &cobra.Command{
		Use: "info NAME|PATH", Short: "Source, licence, shape and classes", Args: cobra.ExactArgs(1),
		Long: "info shows what a data set is, and what of one's own files is read and what is left out. PATH is a folder with " +
			"one folder of pictures for each class (PNG, JPEG, GIF, BMP, TIFF or WebP; of an animation the first frame), or " +
			"with such folders in train and test; a folder of IDX, CIFAR binary or .npy files; or a file .npz, .safetensors, " +
			".csv, .tsv, .tab or .ts. A part of another name is stated: --own test=val.",
		Example: "  memtest data info cifar10\n" +
			"  memtest data info pictures --own shape=64x64x3,test=val\n" +
			"  memtest data info reviews.csv --own layout=words,x=review,y=stars",
		RunE: func(c *cobra.Command, args []string) error { return describeData(c, args[0], own) },
	}
	addOwnFlag(info.Flags(), &own)
	data.AddCommand(info,
		&cobra.Command{
			Use: "list", Short: "The data sets that can be named", Args: cobra.NoArgs, Example: "  memtest data list",
			RunE: func(c *cobra.Command, _ []string) error {
				t := document.Table{Columns: []document.Column{{Name: "NAME", Words: true, Lead: true}, {Name: "KIND", Words: true}, {Name: "TRAIN", Words: true}, {Name: "TEST", Words: true}, {Name: "SHAPE", Words: true}, {Name: "CLASSES", Words: true}, {Name: "LICENCE", Words: true}}}
				for _, name := range datasets.Names() {
					i, err := datasets.Describe(name)
					if err != nil {
						return err
					}
					t.Rows = append(t.Rows, document.Row{First: true, Cells: []string{i.Name, string(i.Shape.KindOf()), fmt.Sprint(i.Train), fmt.Sprint(i.Test), sizes(i.Shape), fmt.Sprint(len(i.Classes)), i.License}})
				}
				return printTable(c.OutOrStdout(), t, "")
			},
		},
		&cobra.Command{
			Use: "fetch NAME", Short: "Bring a data set into the cache", Args: cobra.ExactArgs(1), Example: "  memtest data fetch mnist",
			RunE: func(c *cobra.Command, args []string) error {
				train, test, err := datasets.Load(c.Context(), args[0], datasets.Options{Log: c.ErrOrStderr(), Progress: downloads(c.ErrOrStderr())})
				if err != nil {
					return usage(err)
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: %d training and %d test examples of %s are here\n", args[0], train.Len(), test.Len(), sizes(train.Shape))
				return nil
			},
		})
	return data
}

// describeData prints what is known of a data set, and what is in it where it is
// here.
func describeData(c *cobra.Command, name string, own datasets.FileOptions) error {
	out := c.OutOrStdout()
	info, unknown := datasets.Describe(name)
	if unknown == nil {
		fmt.Fprintf(out, "%s: %s\nlicence  %s\nsource   %s\ncite     %s\n", info.Name, info.Title, info.License, info.Source, info.Cite)
	}
	train, test, err := datasets.Load(c.Context(), name, datasets.Options{Files: own, Offline: true, Log: c.ErrOrStderr()})
	if errors.Is(err, datasets.ErrAbsent) {
		fmt.Fprintf(out, "here     no; `memtest data fetch %s` brings it: %d training and %d test examples of %s\n", name, info.Train, info.Test, sizes(info.Shape))
		return nil
	}
	if err != nil {
		return usage(err)
	}
	fmt.Fprintf(out, "kind     %s\ntrain    %d examples of %s\n", train.Shape.KindOf(), train.Len(), sizes(train.Shape))
	if test != nil {
		fmt.Fprintf(out, "test     %d\n", test.Len())
	}
	describeValues(out, train)
	fmt.Fprintf(out, "classes  %s\nsha256   %s (training examples)\n", word.Plain(strings.Join(train.Classes, ", ")), train.Hash())
	return nil
}

// sizes are those of an example in words; a row of a table has no height and width.
func sizes(s datasets.Shape) string {
	if s.KindOf() == datasets.Table {
		return fmt.Sprintf("%d values", s.Channels)
	}
	return s.String()
}
