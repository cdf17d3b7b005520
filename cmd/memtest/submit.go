package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/memtest"
	"github.com/seed-1a417598/memtest/memtest/slurm"
	"github.com/seed-1a417598/memtest/xla"
)

// submitFlags are the flags of `memtest submit`: those of run, and its own.
type submitFlags struct {
	settings
	shards            int
	dryRun, noRequeue bool
	options           []string // of sbatch
}

func submitCommand() *cobra.Command {
	var f submitFlags
	cmd := &cobra.Command{
		Use:   "submit --out OUT [flags of run] -- [options of sbatch]",
		Short: "Run in shards on a Slurm cluster: an array of tasks, and a merge after it",
		Long: "submit hands a run to Slurm: a task for each shard (`memtest run --shard`), and a merge that starts when all have " +
			"ended (`memtest merge`). It reads the data and fetches what the tasks need, since nodes often have no network, copies " +
			"itself into --out, which all nodes must see, writes OUT/shards/job.sh and merge.sh, submits both and ends. What follows " +
			"-- goes to sbatch. A job.sh that is there already is submitted as it stands: change it as your cluster asks for.",
		Example: "  memtest submit --seeds 20 --out /scratch/ann/mlp -- \\\n" +
			"      --partition=short --time=2:00:00 --cpus-per-task=2\n" +
			"  memtest submit --resume --out /scratch/ann/mlp",
		DisableFlagsInUseLine: true,
		Args: func(cmd *cobra.Command, args []string) error {
			if dash := cmd.ArgsLenAtDash(); len(args) > 0 && dash != 0 {
				return usage(fmt.Errorf("submit takes no argument %q; type the options of sbatch after --, as in memtest submit --out OUT -- --time=2:00:00", args[0]))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, options []string) error {
			f.options = options
			return f.submit(cmd, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	flags := cmd.Flags()
	f.add(flags, memtest.CommandRun)
	flags.Lookup("out").Usage = "`OUT`: folder of the run, which all nodes see"
	flags.Lookup("resume").Usage = "submit only what is missing, of the run in --out"
	flags.IntVar(&f.shards, "shards", 0, "tasks that share the networks (default one for each unit: the raw inputs, a network, a part of a refit)")
	flags.BoolVar(&f.dryRun, "dry-run", false, "write the scripts, and print what would be typed to submit them")
	flags.BoolVar(&f.noRequeue, "no-requeue", false, "tasks that come to their time limit, or lose their node, are not begun again")
	for _, name := range ofRunAlone {
		if flag := flags.Lookup(name); flag != nil {
			flag.Hidden = true
		}
	}
	return cmd
}

// ofRunAlone are flags of run that mean nothing where nothing is measured.
var ofRunAlone = []string{"json", "open", "fail-if", "anew", "shard", "requeue"}

// inJob are flags that job.sh holds.
var inJob = []string{"data-dir", "backend", "devices", "no-requeue"}

// submit makes everything ready and submits it.
func (f *submitFlags) submit(cmd *cobra.Command, stdout, stderr io.Writer) error {
	if err := f.refuse(cmd); err != nil {
		return usage(err)
	}
	log := f.log(stderr)
	x, err := f.experiment(cmd, log)
	if err != nil {
		return err
	}
	job, err := f.job(x, cmd.Flags().Changed, plain{log})
	if err != nil {
		return usage(err)
	}
	folder := shardsFolder{out: f.out, resume: f.resume, typed: slices.ContainsFunc(inJob, cmd.Flags().Changed)}
	kept, err := folder.write(x.Config.YAML(), job, plain{log})
	if err != nil {
		return err
	}
	s := slurm.Submission{Job: folder.path(jobFile), Merge: folder.path(mergeFile)}
	if kept { // else they stand in the scripts
		s.Options = f.options
	}
	if f.resume {
		if err := folder.missing(x.Units(), job.Shards, &s); err != nil {
			return err
		}
	}
	if f.dryRun {
		return printLines(s, stdout)
	}
	to, err := s.Submit(cmd.Context())
	if err != nil && !kept && to.Job == "" { // so that what is typed next is written anew
		err = errors.Join(err, os.Remove(s.Job), os.Remove(s.Merge))
	}
	if err != nil {
		return usage(err)
	}
	return f.say(s, to, job.Shards, stdout)
}

// refuse says what cannot be meant, before anything is read or written.
func (f *submitFlags) refuse(cmd *cobra.Command) error {
	for _, name := range ofRunAlone {
		if cmd.Flags().Changed(name) {
			return fmt.Errorf("--%s is for `memtest run`, and submit measures nothing itself: leave it out", name)
		}
	}
	switch {
	case f.out == "":
		return errors.New("submit needs a folder that all nodes of the cluster see: add --out OUT")
	case cmd.Flags().Changed("shards") && f.shards < 1:
		return fmt.Errorf("shards: %d must be at least 1", f.shards)
	case !f.dryRun && slurm.Available() == "":
		return errors.New("there is no sbatch on the PATH, so this is no machine of a Slurm cluster: type it where sbatch is, add --dry-run to write the scripts only, or see docs/cluster.md for other ways")
	}
	if info, err := os.Stat(f.out); err == nil && !info.IsDir() {
		return fmt.Errorf("out: %s is a file: give a folder with --out", f.out)
	}
	var err error
	f.out, err = filepath.Abs(f.out)
	return err
}

// experiment is what is to be measured, with its data and plugin fetched.
func (f *submitFlags) experiment(cmd *cobra.Command, log io.Writer) (*memtest.Experiment, error) {
	if f.resume && f.config == "" {
		f.config = shardsFolder{out: f.out}.path(configFile)
		if _, err := os.Stat(f.config); errors.Is(err, fs.ErrNotExist) {
			return nil, usage(fmt.Errorf("%s holds nothing that was submitted (it has no %s): leave out --resume to begin", f.out, f.config))
		}
	}
	resume := f.resume
	f.resume = false // that of run reads a folder which is not in shards
	c, err := f.resolve(cmd)
	f.resume = resume
	if err != nil {
		return nil, err
	}
	ctx := cmd.Context()
	x, err := memtest.New(ctx, c, f.data(log))
	if err != nil {
		return nil, usage(err)
	}
	if f.resume && f.backend == "" { // the plugin was fetched at first
		return x, nil
	}
	engine, err := xla.Open(ctx, f.backend, xla.Options{Log: log, NoInstall: f.offline})
	switch {
	case err == nil:
		engine.Close()
	case strings.HasPrefix(f.backend, "xla:cuda"): // where jobs are submitted there is seldom a GPU
		fmt.Fprintf(plain{log}, "WARNING: %s was not tried, since it cannot be opened here (%v); the tasks need nodes where it can.\n", f.backend, err)
	default:
		return nil, err
	}
	return x, nil
}

// job is what the scripts hold. More shards than there is to share are cut down.
func (f *submitFlags) job(x *memtest.Experiment, typed func(flag string) bool, log io.Writer) (slurm.Job, error) {
	folder := shardsFolder{out: f.out}
	n := len(x.Units())
	if typed("shards") {
		if f.shards > n {
			fmt.Fprintf(log, "%d shards would leave some with nothing to do, so there are %d: one for each unit (docs/cluster.md).\n", f.shards, n)
		}
		n = min(n, f.shards)
	} else if there, err := folder.shards(); err == nil && there > 0 {
		n = there
	}
	if n > slurm.MostShards {
		return slurm.Job{}, fmt.Errorf("shards: %d are more than the %d tasks that Slurm takes in one array by default: give --shards %d or fewer", n, slurm.MostShards, slurm.MostShards)
	}
	dir, err := filepath.Abs(".")
	if err != nil {
		return slurm.Job{}, err
	}
	job := slurm.Job{
		Name: "memtest-" + filepath.Base(f.out), Dir: dir, Program: folder.path(programFile), Args: []string{"--config", folder.path(configFile)},
		Out: f.out, Shards: n, Requeue: !f.noRequeue, Options: f.options,
	}
	if typed("data-dir") {
		if f.dataDir, err = filepath.Abs(f.dataDir); err != nil {
			return job, err
		}
		job.Args = append(job.Args, "--data-dir", f.dataDir)
		job.Merge = []string{"--data-dir", f.dataDir}
	}
	if typed("backend") {
		job.Args = append(job.Args, "--backend", f.backend)
	}
	if typed("devices") {
		job.Args = append(job.Args, "--devices", f.devices)
	}
	job.Args = append(job.Args, "--offline", "--quiet")
	_, err = job.Script() // says what no script can hold
	return job, err
}

// printLines prints how one would submit.
func printLines(s slurm.Submission, stdout io.Writer) error {
	lines, err := s.Lines()
	if err != nil {
		return usage(err)
	}
	_, err = fmt.Fprintf(stdout, "The scripts are in %s. Nothing was submitted; this would be typed, with the number of the first job for ID:\n\n%s\n", filepath.Dir(s.Merge), strings.Join(lines, "\n"))
	return err
}

// say says what was submitted, and how to go on.
func (f *submitFlags) say(s slurm.Submission, to slurm.Submitted, shards int, stdout io.Writer) error {
	jobs, cluster := to.Merge, ""
	if to.Cluster != "" {
		cluster = "-M " + to.Cluster + " "
	}
	if s.Job == "" {
		fmt.Fprintf(stdout, "Nothing is missing, so only the merge was submitted, as job %s.\n", to.Merge)
	} else {
		tasks := fmt.Sprintf("The %d shards are job %s", shards, to.Job)
		if shards == 1 {
			tasks = "The one shard is job " + to.Job
		}
		if s.Array != "" {
			tasks = fmt.Sprintf("Shards %s of %d are job %s", strings.Split(s.Array, "%")[0], shards, to.Job)
		}
		fmt.Fprintf(stdout, "%s; the merge, job %s, starts when all have ended.\n", tasks, to.Merge)
		jobs = to.Job + "," + to.Merge
	}
	fmt.Fprintf(stdout, "\nThe queue:            squeue %s-j %s\n", cluster, jobs)
	fmt.Fprintf(stdout, "What is done:         %s\n", slurm.Line([]string{"memtest", "merge", f.out, "--check"}))
	fmt.Fprintf(stdout, "What is still to do:  %s\n", slurm.Line([]string{"memtest", "submit", "--resume", "--out", f.out}))
	_, err := fmt.Fprintf(stdout, "What the jobs print:  %s\n", filepath.Join(f.out, slurm.LogFolder))
	return err
}
