package plugin

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// tarball packs name and data, with a link and a page before them.
func tarball(t *testing.T, name string, data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for _, h := range []*tar.Header{
		{Name: "link.so", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"},
		{Name: "README", Typeflag: tar.TypeReg},
		{Name: name, Typeflag: tar.TypeReg, Size: int64(len(data)), Mode: 0o644},
	} {
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestInstallRelease(t *testing.T) {
	whole := tarball(t, "../../pjrt_c_api_cpu_v0.83.3_plugin.so", good())
	broken := bytes.Clone(whole)
	broken[len(broken)-6] ^= 1 // of the checksum
	replies := map[string]struct {
		body []byte
		want string
	}{
		"/whole":  {whole, ""},
		"/short":  {whole[:len(whole)-20], "release is broken"},
		"/flip":   {broken, "release is broken"},
		"/none":   {tarball(t, "plugin.txt", good()), "holds no plugin"},
		"/text":   {[]byte("<html>"), "not a .tar.gz"},
		"/other":  {tarball(t, "pjrt.so", []byte("no library")), "not a whole ELF"},
		"/absent": {nil, "404"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reply := replies[r.URL.Path]
		if reply.body == nil {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write(reply.body) // the client may hang up
	}))
	defer server.Close()
	for path, reply := range replies {
		t.Run(path[1:], func(t *testing.T) {
			m := fake(t, nil)
			l, err := m.installRelease(t.Context(), release{"v1", server.URL + path}, new(lines).log)
			if reply.want != "" {
				if err == nil || !strings.Contains(err.Error(), reply.want) || len(left(t, m)) != 0 {
					t.Errorf("got %v, want %q; the cache holds %q", err, reply.want, left(t, m))
				}
				return
			}
			if err != nil || l.Path != m.Cache+"/gomlx-v1/pjrt_c_api_cpu_plugin.so" || m.Check(l.Path) != nil {
				t.Errorf("got %+v, %v", l, err)
			}
			if fit, _ := found(t, m, "cpu"); len(fit) != 1 {
				t.Errorf("found %q", fit)
			}
		})
	}
	server.Close()
	if _, err := fake(t, nil).installRelease(t.Context(), release{"v1", server.URL + "/whole"}, new(lines).log); err == nil || !strings.Contains(err.Error(), "could not be fetched") {
		t.Errorf("no server: %v", err)
	}
}

func TestGoMLXRelease(t *testing.T) {
	for platform, want := range map[string]bool{"linux_amd64": true, "linux_arm64": true, "darwin_arm64": true, "darwin_amd64": false, "plan9_386": false} {
		os, arch, _ := strings.Cut(platform, "_")
		r, ok := Machine{OS: os, Arch: arch}.goMLXRelease()
		if ok != want || ok && !strings.HasSuffix(r.url, "pjrt_cpu_"+platform+".tar.gz") {
			t.Errorf("%s: %+v %v", platform, r, ok)
		}
	}
}
