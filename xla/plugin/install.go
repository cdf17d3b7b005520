package plugin

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Log receives one line on what is being done, without its end.
type Log func(format string, args ...any)

// Install brings a wheel's plugin into the cache and returns it; at once, when
// it is there already. The ordinary pip client downloads the wheel, held to
// version and SHA-256; the hash is computed here as well. Several processes may
// install at the same time: one does, the others wait. The plugin appears in
// one step, by renaming a folder, so that a process that is killed leaves no
// half of it, and the next one sweeps up.
func (m Machine) Install(ctx context.Context, w Wheel, log Log) (Library, error) {
	return m.install(ctx, w.library(m.Cache), log, func(staging string) (string, error) {
		log("installing XLA for the %s: %s %s (%s), %d MB to download, once, into %s",
			strings.ToUpper(w.library("").Platform), w.Name, w.Version, w.License, (w.Download+500_000)/1_000_000, m.Cache)
		wheel, err := m.pipDownload(ctx, w, staging)
		if err != nil {
			return "", err
		}
		if err := verify(wheel, w.SHA256); err != nil {
			return "", err
		}
		return unzip(wheel, w.Member, w.Size, filepath.Join(staging, "ready"))
	})
}

// install fills a folder of the cache with what fetch leaves in the folder
// "ready" of a staging folder, and returns the library want.
func (m Machine) install(ctx context.Context, want Library, log Log, fetch func(staging string) (string, error)) (Library, error) {
	if m.Cache == "" {
		return Library{}, errors.New("there is no cache folder to install a plugin in: set HOME or XDG_CACHE_HOME")
	}
	target := filepath.Dir(want.Path)
	if err := os.MkdirAll(m.Cache, 0o755); err != nil {
		return Library{}, fmt.Errorf("the cache folder cannot be made (%w): set XDG_CACHE_HOME to a folder that can be written", err)
	}
	lock := flock.New(target + ".lock")
	defer lock.Close()
	held, err := lock.TryLock()
	if err == nil && !held {
		log("another process is installing %s; waiting for it", filepath.Base(target))
		held, err = lock.TryLockContext(ctx, 100*time.Millisecond)
	}
	if ctx.Err() != nil {
		return Library{}, fmt.Errorf("waiting for the installation of %s was stopped: %w", filepath.Base(target), context.Cause(ctx))
	}
	if err != nil {
		return Library{}, fmt.Errorf("the cache folder %s cannot be locked (%w): set XDG_CACHE_HOME to a folder that can be written", m.Cache, err)
	}
	if m.Check(want.Path) == nil {
		return want, nil // another process was first
	}

	// The lock is ours, so whatever an earlier process staged is abandoned.
	prefix := "." + filepath.Base(target) + ".part-"
	abandoned, _ := filepath.Glob(filepath.Join(escape(m.Cache), prefix+"*")) // the pattern is well formed
	for _, dir := range abandoned {
		_ = os.RemoveAll(dir) // what stays costs space only
	}
	staging, err := os.MkdirTemp(m.Cache, prefix)
	if err != nil {
		return Library{}, fmt.Errorf("the cache folder %s cannot be written (%w): set XDG_CACHE_HOME to one that can", m.Cache, err)
	}
	defer os.RemoveAll(staging)
	path, err := fetch(staging)
	if err != nil {
		return Library{}, err
	}
	if err := m.Check(path); err != nil {
		return Library{}, err
	}
	if exists(target) { // a broken plugin, by the check above
		if err := os.Rename(target, filepath.Join(staging, "broken")); err != nil {
			return Library{}, fmt.Errorf("the broken plugin in %s cannot be replaced: %w", target, err)
		}
	}
	if err := os.Rename(filepath.Dir(path), target); err != nil {
		return Library{}, fmt.Errorf("the plugin cannot be put in its place: %w", err)
	}
	return want, nil
}

// pipDownload has the first interpreter that has pip download the wheel.
func (m Machine) pipDownload(ctx context.Context, w Wheel, dir string) (string, error) {
	requirements := filepath.Join(dir, "requirements.txt")
	line := fmt.Sprintf("%s==%s --hash=sha256:%s\n", w.Name, w.Version, w.SHA256)
	if err := os.WriteFile(requirements, []byte(line), 0o644); err != nil {
		return "", err
	}
	into := filepath.Join(dir, "wheel")
	failure := errors.New("no Python was found: install python3 and its pip (Debian: apt-get install python3-pip)")
	for _, python := range m.Python {
		if _, err := exec.LookPath(python); err != nil {
			continue
		}
		var stderr bytes.Buffer
		cmd := exec.CommandContext(ctx, python, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
			"--require-hashes", "--no-input", "--disable-pip-version-check", "--retries", "1", "--timeout", "30",
			"--dest", into, "--requirement", requirements)
		cmd.Stderr = &stderr
		cmd.WaitDelay = 2 * time.Second // a child of pip may keep the pipe open
		err := cmd.Run()
		if ctx.Err() != nil {
			return "", fmt.Errorf("the download of %s was stopped: %w", w.Name, context.Cause(ctx))
		}
		wheels, _ := filepath.Glob(filepath.Join(escape(into), "*.whl")) // the pattern is well formed
		switch {
		case err == nil && len(wheels) == 1:
			return wheels[0], nil
		case err == nil:
			failure = fmt.Errorf("%s -m pip download %s==%s left %d wheels instead of one", python, w.Name, w.Version, len(wheels))
		case strings.Contains(stderr.String(), "No module named pip"):
			failure = fmt.Errorf("%s has no pip (Debian: apt-get install python3-pip; elsewhere: %s -m ensurepip)", python, python)
		default:
			return "", fmt.Errorf("%s -m pip download %s==%s failed: %s (only this first start needs the network; a plugin in ~/.local/lib/go-xla does as well)", python, w.Name, w.Version, lastWords(stderr.String(), err))
		}
	}
	return "", failure
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

// verify compares a file's SHA-256 with the pinned one.
func verify(path, want string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want {
		return fmt.Errorf("%s has SHA-256 %s instead of the pinned %s: it was not installed", filepath.Base(path), got, want)
	}
	return nil
}
