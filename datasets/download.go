package datasets

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	connectTimeout = 15 * time.Second
	stallTimeout   = 60 * time.Second
	maxAttempts    = 5 // as long as each brings bytes
)

// download is one file on its way from one address.
type download struct {
	url   string
	out   *os.File      // may hold the start of the file already
	size  int64         // that the file must have
	stall time.Duration // without a byte, after which an attempt is given up
	tell  func(done int64)
}

// run downloads the file, going on where a broken transfer stopped. It gives up
// when an attempt brings nothing.
func (d download) run(ctx context.Context) error {
	done, err := d.out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if done > d.size {
		done = 0
	}
	for range maxAttempts {
		before := done
		if done, err = d.attempt(ctx, done); err == nil || ctx.Err() != nil || errors.Is(err, errFinal) || done <= before {
			return err
		}
	}
	return err
}

// errFinal marks an answer that would be the same again.
var errFinal = errors.New("the answer is not the file")

// attempt asks for the bytes from done on and returns how many there are then.
func (d download) attempt(ctx context.Context, done int64) (int64, error) {
	if done == d.size {
		return done, nil
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	stalled := time.AfterFunc(d.stall, func() { stop(fmt.Errorf("no byte came for %v", d.stall)) })
	defer stalled.Stop()

	q, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url, nil)
	if err != nil {
		return done, err
	}
	q.Header.Set("Accept-Encoding", "identity") // the file as it is, or sizes and sums are those of something else
	if done > 0 {
		q.Header.Set("Range", fmt.Sprintf("bytes=%d-", done))
	}
	a, err := client().Do(q)
	if err != nil {
		return done, cause(ctx, err)
	}
	defer a.Body.Close()
	if done, err = d.start(a, done); err != nil {
		return done, fmt.Errorf("%s %w", d.url, err)
	}
	d.tell(done)
	b := make([]byte, 1<<18)
	for {
		n, readErr := a.Body.Read(b)
		stalled.Reset(d.stall)
		if done+int64(n) > d.size {
			if err := d.out.Truncate(0); err != nil {
				return 0, err
			}
			return 0, fmt.Errorf("%s sent more than the %d bytes of the file: %w", d.url, d.size, errFinal)
		}
		if _, err := d.out.WriteAt(b[:n], done); err != nil {
			return done, err
		}
		if done += int64(n); n > 0 {
			d.tell(done)
		}
		switch {
		case readErr != nil && done == d.size && errors.Is(readErr, io.EOF):
			return done, d.out.Truncate(done)
		case readErr != nil:
			return done, fmt.Errorf("%s broke off after %d of %d bytes: %w", d.url, done, d.size, cause(ctx, readErr))
		}
	}
}

// start looks at the answer before its body and returns where the body begins.
func (d download) start(a *http.Response, done int64) (int64, error) {
	switch a.StatusCode {
	case http.StatusOK: // the whole file, whatever was asked for
		if a.ContentLength >= 0 && a.ContentLength != d.size {
			return 0, fmt.Errorf("offers %d bytes, but the file has %d: %w", a.ContentLength, d.size, errFinal)
		}
		return 0, d.out.Truncate(0)
	case http.StatusPartialContent:
		var from, to, total int64
		if n, _ := fmt.Sscanf(a.Header.Get("Content-Range"), "bytes %d-%d/%d", &from, &to, &total); n != 3 || from != done || total != d.size {
			return done, fmt.Errorf("answered with the range %q, asked for bytes from %d of %d: %w", a.Header.Get("Content-Range"), done, d.size, errFinal)
		}
		return done, nil
	}
	return done, fmt.Errorf("answered %s: %w", a.Status, errFinal)
}

// cause is why the context ended, where it did, and else the error itself.
func cause(ctx context.Context, err error) error {
	if c := context.Cause(ctx); c != nil {
		return c
	}
	return err
}

// client waits for connections and headers, but lets a body take its time.
func client() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: connectTimeout}).DialContext,
		TLSHandshakeTimeout:   connectTimeout,
		ResponseHeaderTimeout: 2 * connectTimeout,
		DisableKeepAlives:     true,
	}}
}

func sumOf(ctx context.Context, r io.Reader) (string, error) {
	h := sha256.New()
	_, err := io.Copy(h, contextReader{ctx, r})
	return hexSum(h), err
}

// shortHash tells the addresses of part files apart.
func shortHash(s string) uint32 {
	sum := sha256.Sum256([]byte(strings.ToLower(s)))
	return binary.LittleEndian.Uint32(sum[:])
}
