package main

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/result"
	"github.com/seed-1a417598/memtest/memtest/rule"
	"github.com/seed-1a417598/memtest/memtest/rundir"
)

// settings are the flags of a command that measures: those of its configuration,
// from the table of memtest.Config.Fields, and those that rows do not depend on.
type settings struct {
	command memtest.Command
	typed   memtest.Config // what was typed
	config  string         // --config

	backend, devices, out string
	dataDir               string
	offline               bool
	resume, anew          bool
	quiet, json, open     bool
	shard                 string // --shard
	requeue               bool

	failIf []string // --fail-if
	rules  []rule.Rule[result.Row]
}

// add adds the flags to a command.
func (s *settings) add(flags *pflag.FlagSet, command memtest.Command) {
	s.command = command
	addFields(flags, &s.typed, command)
	if command == memtest.CommandRun {
		flags.StringVar(&s.config, "config", "", "`FILE`: YAML with the same settings; flags come over it")
	}
	if command != memtest.CommandProbe {
		flags.StringVar(&s.dataDir, "data-dir", "", usageDataDir)
		flags.BoolVar(&s.offline, "offline", false, usageOffline)
	}
	flags.StringVar(&s.backend, "backend", "", usageBackend)
	flags.StringVar(&s.devices, "devices", "1", "`NUMBER`: how many devices share the label sets, or all")
	flags.StringVar(&s.out, "out", "", "`DIR`: folder of the run (default runs/DATE-TIME)")
	flags.BoolVar(&s.resume, "resume", false, "go on with the run in --out")
	flags.BoolVar(&s.anew, "anew", false, usageAnew)
	flags.BoolVar(&s.quiet, "quiet", false, usageQuiet)
	flags.BoolVar(&s.json, "json", false, "print rows as JSON lines instead of the table")
	flags.BoolVar(&s.open, "open", false, "open the page in a browser, where it shows the rows as they come")
	flags.StringArrayVar(&s.failIf, "fail-if", nil, usageFailIf)
}

// addFields adds the flags of a command's configuration, with their defaults.
func addFields(flags *pflag.FlagSet, typed *memtest.Config, command memtest.Command) {
	flags.SortFlags = false
	defaults, err := memtest.Config{Command: command}.Resolve()
	if err != nil {
		panic(err) // the zero configuration is right
	}
	standard := defaults.Fields()
	for i, f := range typed.Fields() {
		if f.Usage != "" && f.In(command) {
			addField(flags, f, withDefault(f.Usage, standard[i].Value))
		}
	}
}

// What flags mean that several commands have.
const (
	usageBackend = "`NAME`: what computes: xla:cpu, xla:cuda, go, or the path of a PJRT plugin (default the best there is)"
	usageDataDir = "`DIR`: folder in which data sets are looked for first"
	usageOffline = "download nothing"
	usageAnew    = "begin anew where --out holds a run that does not fit; that one is set aside as OUT.before-1"
	usageQuiet   = "no progress"
	usageFailIf  = "exit with 3 when `EXPRESSION` holds, as 'learning - twin < 0.1'; may be given again (docs/rows.md)"
)

// addField adds the flag of one field.
func addField(flags *pflag.FlagSet, f memtest.Field, usage string) {
	name := f.Flag()
	switch v := f.Value.(type) {
	case *string:
		flags.StringVar(v, name, "", usage)
	case *[]string:
		flags.StringSliceVar(v, name, nil, usage)
	case *int:
		flags.IntVar(v, name, 0, usage)
	case *[]int:
		flags.IntSliceVar(v, name, nil, usage)
	case *uint64:
		flags.Uint64Var(v, name, 0, usage)
	case *float64:
		flags.Float64Var(v, name, 0, usage)
	case *[]float64:
		flags.Float64SliceVar(v, name, nil, usage)
	case *bool:
		flags.BoolVar(v, name, false, usage)
	case *datasets.FileOptions:
		addOwnFlag(flags, v)
	default:
		panic(fmt.Sprintf("the field %s is of a type that no flag has: %T", f.Key, v))
	}
}

// withDefault ends a usage with the default, unless it says it already.
func withDefault(usage string, value any) string {
	v := reflect.ValueOf(value).Elem()
	if v.IsZero() || v.Kind() == reflect.Bool || strings.Contains(usage, "(default") {
		return usage
	}
	text := strings.Trim(strings.ReplaceAll(fmt.Sprint(v.Interface()), " ", ","), "[]")
	return fmt.Sprintf("%s (default %s)", usage, text)
}

// base is the configuration that flags come over: that of --config, that of the
// run to resume, or an empty one. It must be of the command.
func (s *settings) base() (memtest.Config, error) {
	var c memtest.Config
	var err error
	switch {
	case s.resume && s.out == "":
		return c, errors.New("--resume needs the folder of the run to go on with: add --out DIR")
	case s.config != "":
		if c, err = memtest.ReadConfig(s.config); err == nil && c.Command != s.command {
			err = fmt.Errorf("configuration %s is of `memtest %s`; give one of `memtest %s` with --config", s.config, commandName(c.Command), commandName(s.command))
		}
		return c, err
	case !s.resume:
		return memtest.Config{Command: s.command}, nil
	}
	d, err := rundir.Open(s.out)
	if err != nil {
		return c, err
	}
	if c, err = memtest.ConfigOf(d); err == nil && c.Command != s.command {
		err = fmt.Errorf("%s was made by `memtest %s`; go on with it by that command", s.out, commandName(c.Command))
	}
	return c, err
}

// commandName is the word that is typed for a command.
func commandName(c memtest.Command) string {
	if c == memtest.CommandRun {
		return "run"
	}
	return string(c)
}

// resolve is the configuration that was asked for: typed flags come over the
// base.
func (s *settings) resolve(cmd *cobra.Command) (memtest.Config, error) {
	var err error
	if s.rules, err = parseRules(ofRows, s.failIf); err != nil {
		return memtest.Config{}, err
	}
	c, err := s.base()
	if err != nil {
		return c, usage(err)
	}
	err = overlay(cmd, &c, s.typed, s.command)
	return c, err
}

// overlay copies the settings that were typed.
func overlay(cmd *cobra.Command, to *memtest.Config, typed memtest.Config, command memtest.Command) error {
	fields := to.Fields()
	for i, f := range typed.Fields() {
		if f.Usage == "" || !f.In(command) || !cmd.Flags().Changed(f.Flag()) {
			continue
		}
		value := reflect.ValueOf(f.Value).Elem()
		if value.IsZero() {
			if err := f.RefuseZero(); err != nil {
				return usage(err)
			}
		}
		reflect.ValueOf(fields[i].Value).Elem().Set(value)
	}
	return nil
}

// log is where progress and notices go.
func (s *settings) log(stderr io.Writer) io.Writer {
	if s.quiet {
		return io.Discard
	}
	return stderr
}

// data says where data come from.
func (s *settings) data(log io.Writer) datasets.Options {
	return datasets.Options{Dir: s.dataDir, Offline: s.offline, Log: log, Progress: downloads(log)}
}
