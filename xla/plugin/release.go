package plugin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/seed-1a417598/memtest/xla/wheels"
)

// release is the archive of a CPU plugin that the makers of GoMLX publish for
// their version of it, what GoMLX's own auto-install fetches. It comes with no
// checksum, so it is the last resort.
type release struct{ version, url string }

// goMLXRelease is the one that go-xla v0.2.0 was made for; ok is false where
// none is published for this system and processor.
func (m Machine) goMLXRelease() (r release, ok bool) {
	const version = "v0.98.0"
	switch platform := m.OS + "_" + m.Arch; platform {
	case "linux_amd64", "linux_arm64", "darwin_arm64":
		return release{version, "https://github.com/gomlx/pjrt-cpu-binaries/releases/download/" + version + "/pjrt_cpu_" + platform + ".tar.gz"}, true
	}
	return release{}, false
}

// installRelease brings a release into the cache as installWheel brings a wheel.
// A slow download is given up after 5 minutes.
func (m Machine) installRelease(ctx context.Context, r release, log wheels.Log) (Library, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	name := "pjrt_c_api_cpu_plugin.so"
	if m.OS == "darwin" {
		name = "pjrt_c_api_cpu_plugin.dylib"
	}
	path, err := m.cache().Fill(ctx, "gomlx-"+r.version, name, m.Check, log, func(_, path string) error {
		return r.fetch(ctx, path, func() {
			log("installing XLA for the CPU: GoMLX's plugin %s, once, into %s", r.version, m.Cache)
		})
	})
	if err != nil {
		return Library{}, err
	}
	return cached(path), nil
}

// fetch writes the plugin of a release to path and calls begun when it is known
// to come. An unreachable server is given up after 10 s.
func (r release) fetch(ctx context.Context, path string, begun func()) error {
	const limit = 1 << 30 // bytes of the plugin; those seen have 200 to 270 million
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = 10 * time.Second
	transport.TLSHandshakeTimeout = 10 * time.Second
	defer transport.CloseIdleConnections()
	head, stop := context.WithCancel(ctx)
	defer stop()
	impatience := time.AfterFunc(10*time.Second, stop) // name look-up and connection
	request, err := http.NewRequestWithContext(head, http.MethodGet, r.url, nil)
	if err != nil {
		return err
	}
	response, err := (&http.Client{Transport: transport}).Do(request)
	if err != nil {
		return fmt.Errorf("GoMLX's release could not be fetched: %w", err)
	}
	defer response.Body.Close()
	if !impatience.Stop() || response.StatusCode != http.StatusOK {
		return fmt.Errorf("GoMLX's release could not be fetched from %s: %s", r.url, response.Status)
	}
	begun()
	return untar(response.Body, limit, path)
}
