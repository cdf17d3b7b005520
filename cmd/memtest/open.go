package main

import (
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// openPage shows a file in the browser of the user. Where there is none, it says so.
func openPage(path string, log io.Writer) {
	if err := browse(path); err != nil {
		fmt.Fprintf(plain{log}, "no browser could be opened (%s); open %s in one\n", sentence(err), path)
	}
}

// browse opens a file by the first command that does.
func browse(path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") { // C:/…
		path = "/" + path
	}
	var failed []error
	for _, words := range browsers((&url.URL{Scheme: "file", Path: path}).String()) {
		err := start(words)
		if err == nil {
			return nil
		}
		failed = append(failed, fmt.Errorf("%s: %w", words[0], err))
	}
	return errors.Join(failed...)
}

// browsers are the commands that may show an address: those that BROWSER lists, as
// other programs read it too, then the one of the system. No shell reads them.
func browsers(address string) [][]string {
	var all [][]string
	for _, command := range filepath.SplitList(os.Getenv("BROWSER")) {
		words := strings.Fields(command)
		if _, err := exec.LookPath(command); err == nil { // its path may have spaces
			words = []string{command}
		}
		if len(words) == 0 {
			continue
		}
		if !strings.Contains(command, "%s") {
			words = append(words, "%s")
		}
		for i := range words {
			words[i] = strings.ReplaceAll(words[i], "%s", address)
		}
		all = append(all, words)
	}
	switch runtime.GOOS {
	case "windows":
		return append(all, []string{"rundll32", "url.dll,FileProtocolHandler", address})
	case "darwin":
		return append(all, []string{"open", address})
	}
	return append(all, []string{"xdg-open", address})
}

// moment is how long a command is given to fail: most hand the address to a browser
// and end, others stay as long as the browser does.
const moment = time.Second

// start starts a command that goes on when this process ends.
func start(words []string) error {
	cmd := exec.Command(words[0], words[1:]...)
	apart(cmd)
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		return err
	case <-time.After(moment):
		return nil
	}
}
