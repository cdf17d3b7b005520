package plugin

import (
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"time"
)

// Release is the archive of a CPU plugin that the makers of GoMLX publish for
// their version of it, what GoMLX's own auto-install fetches. It comes with no
// checksum, so it is the last resort.
type Release struct{ Version, URL string }

// GoMLXRelease is the one that go-xla v0.1.4 was made for; ok is false where
// none is published for this system and processor.
func (m Machine) GoMLXRelease() (r Release, ok bool) {
	const version = "v0.83.3"
	switch platform := m.OS + "_" + m.Arch; platform {
	case "linux_amd64", "linux_arm64", "darwin_arm64":
		return Release{version, "https://github.com/gomlx/pjrt-cpu-binaries/releases/download/" + version + "/pjrt_cpu_" + platform + ".tar.gz"}, true
	}
	return Release{}, false
}

// InstallRelease brings a release into the cache as Install brings a wheel. An
// unreachable server is given up after 10 s, a slow download after 5 minutes.
func (m Machine) InstallRelease(ctx context.Context, r Release, log Log) (Library, error) {
	const limit = 1 << 30 // bytes of the plugin; those seen have 200 to 270 million
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	name := "pjrt_c_api_cpu_plugin.so"
	if m.OS == "darwin" {
		name = "pjrt_c_api_cpu_plugin.dylib"
	}
	want := Library{filepath.Join(m.Cache, "gomlx-"+r.Version, name), "cpu", cacheOrigin, nil}
	return m.install(ctx, want, log, func(staging string) (string, error) {
		transport := http.DefaultTransport.(*http.Transport).Clone()
		transport.ResponseHeaderTimeout = 10 * time.Second
		transport.TLSHandshakeTimeout = 10 * time.Second
		defer transport.CloseIdleConnections()
		head, stop := context.WithCancel(ctx)
		defer stop()
		impatience := time.AfterFunc(10*time.Second, stop) // name look-up and connection
		request, err := http.NewRequestWithContext(head, http.MethodGet, r.URL, nil)
		if err != nil {
			return "", err
		}
		response, err := (&http.Client{Transport: transport}).Do(request)
		if err != nil {
			return "", fmt.Errorf("GoMLX's release could not be fetched: %w", err)
		}
		defer response.Body.Close()
		if !impatience.Stop() || response.StatusCode != http.StatusOK {
			return "", fmt.Errorf("GoMLX's release could not be fetched from %s: %s", r.URL, response.Status)
		}
		log("installing XLA for the CPU: GoMLX's plugin %s, once, into %s", r.Version, m.Cache)
		return untar(response.Body, limit, filepath.Join(staging, "ready", name))
	})
}
