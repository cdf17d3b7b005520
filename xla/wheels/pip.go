package wheels

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// pipDownload has the first interpreter that has pip download the wheel into a
// folder below dir and returns the file.
func (c Cache) pipDownload(ctx context.Context, w Wheel, dir string) (string, error) {
	requirements := filepath.Join(dir, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.Name, w.Version, w.SHA256)
	if err := os.WriteFile(requirements, []byte(line), 0o644); err != nil {
		return "", err
	}
	into := filepath.Join(dir, "wheel")
	arguments := []string{"download", "--quiet", "--no-deps", "--only-binary", ":all:",
		"--require-hashes", "--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "30",
		"--dest", into, "--requirement", requirements}
	if w.Platform != "" {
		arguments = append(arguments, "--python-version", w.Python, "--implementation", "cp", "--platform", w.Platform)
	}
	failure := errors.New("no Python was found: install python3 and its pip (Debian: apt-get install python3-pip)")
	for _, python := range c.Python {
		if _, err := exec.LookPath(python); err != nil {
			continue
		}
		var stderr bytes.Buffer
		cmd := pip(ctx, python, dir, arguments...)
		cmd.Stderr = &stderr
		err := cmd.Run()
		if ctx.Err() != nil {
			return "", fmt.Errorf("the download of %s was stopped: %w", w.Name, context.Cause(ctx))
		}
		wheels := wheelsIn(into)
		switch {
		case err == nil && len(wheels) == 1:
			return wheels[0], nil
		case err == nil:
			failure = fmt.Errorf("%s -m pip download %s==%s left %d wheels instead of one", python, w.Name, w.Version, len(wheels))
		case strings.Contains(stderr.String(), "No module named pip"):
			failure = fmt.Errorf("%s has no pip (Debian: apt-get install python3-pip; elsewhere: %s -m ensurepip)", python, python)
		default:
			advice := "only this first start needs the network"
			if w.Instead != "" {
				advice += "; " + w.Instead
			}
			return "", fmt.Errorf("%s -m pip download %s==%s failed: %s (%s)", python, w.Name, w.Version, lastWords(stderr.String(), err), advice)
		}
	}
	return "", failure
}

// pip is a call of an interpreter's pip from a folder of ours, since Python would
// take a json.py or a folder pip of the folder that it is started in for its own.
// Its option -I would hide a pip that the user installed for himself alone.
func pip(ctx context.Context, python, folder string, arguments ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, python, append([]string{"-m", "pip"}, arguments...)...)
	cmd.Dir = folder
	cmd.WaitDelay = 2 * time.Second // a child of pip may keep the pipe open
	return cmd
}

// PipVersion is what an interpreter's pip says of itself, in one line.
func PipVersion(ctx context.Context, python string) (string, error) {
	folder, err := os.MkdirTemp("", "memtest-pip-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(folder)
	out, err := pip(ctx, python, folder, "--version").Output()
	return strings.TrimSpace(string(out)), err
}

// wheelsIn are the wheels in a folder, none where there is no folder.
func wheelsIn(dir string) []string {
	entries, _ := os.ReadDir(dir)
	var all []string
	for _, e := range entries {
		if filepath.Ext(e.Name()) == ".whl" {
			all = append(all, filepath.Join(dir, e.Name()))
		}
	}
	return all
}

// lastWords is the line of pip's messages that says most: the hash error if
// there is one, else the last error.
func lastWords(stderr string, err error) string {
	words := err.Error()
	for line := range strings.Lines(stderr) {
		line = strings.TrimSpace(line)
		if strings.Contains(line, "DO NOT MATCH THE HASHES") {
			return "the file does not have the pinned SHA-256"
		}
		if strings.HasPrefix(line, "ERROR:") || strings.HasPrefix(line, "/") || strings.Contains(line, "Error") {
			words = line
		}
	}
	return words
}
