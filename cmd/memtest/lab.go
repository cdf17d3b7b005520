package main

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/seed-1a417598/memtest/datasets/atomicfile"
	"github.com/seed-1a417598/memtest/xla"
)

// What `memtest lab` installs, apart from gonb and goimports, whose versions are
// in go.mod. gopls is not there, because it would move the versions of others.
const (
	labPackages = "jupyterlab==4.6.6 nbconvert==7.17.2"
	goplsPath   = "golang.org/x/tools/gopls"
	goplsWanted = "v0.23.0"
)

// Paths in the checkout; .gitignore knows both folders.
const (
	labVenv   = ".venv"
	labBin    = "bin"
	labKernel = "share/jupyter/kernels/gonb/kernel.json" // in .venv
	labStamp  = "memtest-lab"                            // in .venv: what pip has installed
)

func labCommand() *cobra.Command {
	var setupOnly bool
	cmd := &cobra.Command{
		Use:   "lab [flags] [-- ARGUMENTS OF JUPYTER LAB]",
		Short: "JupyterLab with the Go kernel bound to this checkout",
		Long: "lab makes .venv with JupyterLab and ./bin with the Go kernel (gonb), goimports and gopls, writes the kernel's file " +
			"into .venv and starts JupyterLab on notebooks/. Nothing is written into the home folder, apart from caches. The " +
			"first start takes a minute or two, later ones seconds.",
		Example: "  memtest lab\n" +
			"  memtest lab -- --no-browser --port 8889",
		Args: func(c *cobra.Command, args []string) error {
			if dash := c.ArgsLenAtDash(); dash > 0 || dash < 0 && len(args) > 0 {
				return fmt.Errorf("lab takes no argument %q; arguments of JupyterLab come after --", args[0])
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			root, err := checkout()
			if err != nil {
				return usage(err)
			}
			l := lab{root: root, venv: filepath.Join(root, labVenv), bin: filepath.Join(root, labBin), log: c.ErrOrStderr()}
			if err := l.setUp(c.Context()); err != nil {
				return err
			}
			if setupOnly {
				fmt.Fprintln(c.OutOrStdout(), "ready; start JupyterLab with: go run ./cmd/memtest lab")
				return nil
			}
			return l.start(c.Context(), args, c.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&setupOnly, "setup-only", false, "make everything ready and start nothing")
	return cmd
}

// checkout is the folder of the checkout that the working folder lies in.
func checkout() (string, error) {
	start, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for folder := start; ; folder = filepath.Dir(folder) {
		text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err == nil && bytes.Contains(text, []byte("/memtest\n")) {
			if _, err := os.Stat(filepath.Join(folder, "notebooks", "bind.sh")); err == nil {
				return folder, nil
			}
		}
		if folder == filepath.Dir(folder) {
			return "", fmt.Errorf("%s is not in a checkout of memtest, where the notebooks are: clone it, and type there: go run ./cmd/memtest lab", start)
		}
	}
}

// lab is an installation of JupyterLab for one checkout.
type lab struct {
	root, venv, bin string
	log             io.Writer
}

// setUp makes everything that is not there yet.
func (l lab) setUp(ctx context.Context) error {
	python, err := l.python(ctx)
	if err != nil {
		return err
	}
	// pip waits for the network while Go compiles.
	environment := make(chan error, 1)
	go func() { environment <- l.environment(ctx, python) }()
	tools := l.tools(ctx)
	if tools == nil {
		l.completion(ctx)
	}
	if err := errors.Join(<-environment, tools); err != nil {
		return err
	}
	if err := l.kernel(); err != nil {
		return err
	}
	engine, err := xla.Open(ctx, "", xla.Options{Log: l.log})
	if err != nil {
		return err
	}
	engine.Close()
	return nil
}

// python finds a Python that can make environments.
func (l lab) python(ctx context.Context) (string, error) {
	const again = "then type again: go run ./cmd/memtest lab"
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", fmt.Errorf("JupyterLab needs Python 3, which is not on the PATH; on Debian: apt install python3 python3-venv python3-pip, %s", again)
	}
	for _, module := range []string{"venv", "ensurepip"} {
		if out, err := pythonCommand(ctx, python, "-c", "import "+module).CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s lacks its module %s (%s); on Debian: apt install python3-venv python3-pip, %s", python, module, lastLine(out), again)
		}
	}
	return python, nil
}

// pythonCommand is a call of Python, isolated (-I): it would take a json.py or a
// folder pip of the current folder for its own.
func pythonCommand(ctx context.Context, python string, arguments ...string) *exec.Cmd {
	return exec.CommandContext(ctx, python, append([]string{"-I"}, arguments...)...)
}

// venvPython is the environment's own Python. Its other programs name their
// folder and break when a checkout is moved.
func (l lab) venvPython() string { return filepath.Join(l.venv, "bin", "python") }

// environment makes .venv with JupyterLab, unless the stamp says that it is there.
// An environment without a stamp is somebody's own and stays as it is.
func (l lab) environment(ctx context.Context, python string) error {
	stamp := filepath.Join(l.venv, labStamp)
	is, err := os.ReadFile(stamp)
	if err == nil && string(is) == labPackages {
		if _, err := os.Stat(l.venvPython()); err == nil {
			return nil
		}
	}
	if err != nil {
		if err := l.claim(stamp); err != nil {
			return err
		}
	}
	fmt.Fprintf(l.log, "installing %s into %s\n", labPackages, l.venv)
	if out, err := pythonCommand(ctx, python, "-m", "venv", l.venv).CombinedOutput(); err != nil {
		return fmt.Errorf("%s cannot make the environment %s: %s", python, l.venv, lastLine(out))
	}
	arguments := append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check"}, strings.Fields(labPackages)...)
	if out, err := pythonCommand(ctx, l.venvPython(), arguments...).CombinedOutput(); err != nil {
		return fmt.Errorf("pip could not install %s: %s; see that the network is there, and type again: go run ./cmd/memtest lab", labPackages, lastLine(out))
	}
	return atomicfile.WriteFile(stamp, []byte(labPackages))
}

// claim marks a folder that is not there yet, or is empty, as made by lab, so that
// one whose installation was interrupted is known as lab's own.
func (l lab) claim(stamp string) error {
	entries, err := os.ReadDir(l.venv)
	switch {
	case len(entries) > 0 || err != nil && !errors.Is(err, fs.ErrNotExist):
		return usage(fmt.Errorf("%s was not made by `memtest lab`, which would change it: rename it, as by mv %[1]s %[1]s-own, then type again: go run ./cmd/memtest lab", l.venv))
	case err != nil:
		err = os.Mkdir(l.venv, 0o755)
	}
	if err == nil {
		err = atomicfile.WriteFile(stamp, []byte("unfinished"))
	}
	if err != nil {
		return fmt.Errorf("the environment %s cannot be made: %w", l.venv, err)
	}
	return nil
}

// tools builds the kernel and goimports, and what cells import, so that the first
// cell does not take a minute. What is built already costs nothing.
func (l lab) tools(ctx context.Context) error {
	fmt.Fprintln(l.log, "building gonb and goimports")
	for _, arguments := range [][]string{{"build", "-o", l.bin + string(filepath.Separator), "tool"}, {"build", "./notebooks/nbdeps"}} {
		if err := l.goCommand(ctx, arguments...); err != nil {
			return err
		}
	}
	return nil
}

// completion installs gopls. Without it only completion and the help on a word
// are missing.
func (l lab) completion(ctx context.Context) {
	if version(filepath.Join(l.bin, "gopls")) == goplsWanted {
		return
	}
	fmt.Fprintf(l.log, "building gopls %s, for completion\n", goplsWanted)
	if err := l.goCommand(ctx, "install", goplsPath+"@"+goplsWanted); err != nil {
		fmt.Fprintf(l.log, "cells will have no completion: %v\n", err)
	}
}

func (l lab) goCommand(ctx context.Context, arguments ...string) error {
	cmd := exec.CommandContext(ctx, "go", arguments...)
	cmd.Dir = l.root
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-buildvcs=false", "GOBIN="+l.bin)
	if out, err := cmd.CombinedOutput(); err != nil {
		if errors.Is(err, exec.ErrNotFound) {
			return errors.New("Go is not on the PATH; install Go 1.26 or later, then type again: go run ./cmd/memtest lab")
		}
		return fmt.Errorf("go %s: %s", strings.Join(arguments, " "), lastLine(out))
	}
	return nil
}

// version is that of the module a program was built from, or "".
func version(program string) string {
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		return ""
	}
	return info.Main.Version
}

// kernel writes the kernel's file into the environment, where JupyterLab finds
// it. PATH holds goimports, without which no cell runs; MEMTEST_GONB lets the
// first cell of a notebook find out that a kernel is stale; symbols for
// debuggers are left out, which halves the time to link a cell.
func (l lab) kernel() error {
	text, err := json.MarshalIndent(map[string]any{
		"argv":           []string{filepath.Join(l.bin, "gonb"), "--kernel", "{connection_file}", "--raw_error"},
		"display_name":   "Go (gonb)",
		"language":       "go",
		"interrupt_mode": "message",
		"env": map[string]string{
			"PATH":         l.bin + string(os.PathListSeparator) + "${PATH}",
			"GOWORK":       "off",
			"GOFLAGS":      "-mod=readonly -buildvcs=false -ldflags=-w",
			"MEMTEST_GONB": version(filepath.Join(l.bin, "gonb")),
		},
	}, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(l.venv, filepath.FromSlash(labKernel))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return atomicfile.WriteFile(path, append(text, '\n'))
}

// start runs JupyterLab until it ends or the context does.
func (l lab) start(ctx context.Context, arguments []string, stdout io.Writer) error {
	all := []string{"-m", "jupyterlab", filepath.Join(l.root, "notebooks"), "--LabApp.news_url=None"}
	if os.Geteuid() == 0 { // as in a container; Jupyter asks root to say so
		all = append(all, "--allow-root")
	}
	cmd := pythonCommand(ctx, l.venvPython(), append(all, arguments...)...)
	cmd.Dir = l.root
	cmd.Env = append(os.Environ(), l.jupyterFolders()...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, l.log
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil && ctx.Err() == nil {
		return fmt.Errorf("JupyterLab ended with an error: %w", err)
	}
	return nil
}

// jupyterFolders keep what Jupyter writes by itself out of the home folder.
func (l lab) jupyterFolders() []string {
	return []string{
		"JUPYTER_CONFIG_DIR=" + filepath.Join(l.venv, "etc", "jupyter"),
		"JUPYTER_DATA_DIR=" + filepath.Join(l.venv, "share", "jupyter"),
		"JUPYTER_RUNTIME_DIR=" + filepath.Join(l.venv, "share", "jupyter", "runtime"),
		"IPYTHONDIR=" + filepath.Join(l.venv, "share", "ipython"),
	}
}

// lastLine is the line of a program's output that most often says what went
// wrong.
func lastLine(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}
