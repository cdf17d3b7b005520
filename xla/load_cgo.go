//go:build cgo && (linux || darwin)

package xla

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/go-xla/pkg/pjrt"
	"github.com/gomlx/gomlx/backends/xla"
	"github.com/gomlx/gomlx/pkg/core/graph"
	"github.com/gomlx/gomlx/pkg/core/tensors"

	"github.com/seed-1a417598/memtest/xla/plugin"
)

// cgoMissing is the reason why no plugin can be loaded, nil if one can.
var cgoMissing error

// load opens a plugin and runs a small program on it. GoMLX gets the plugin's
// absolute path: by a name it would first install its own plugin or fail where
// it cannot, and it crashes on a broken file among those it looks through.
func load(l plugin.Library, options string) (*Engine, error) {
	if strings.Contains(l.Path, ",") {
		return nil, fmt.Errorf("plugin %s has a comma in its path, after which GoMLX reads options: move it", l.Path)
	}
	keepMemory()
	if err := checkInterface(l.Path); err != nil {
		return nil, err
	}
	p, err := pjrt.GetPlugin(l.Path)
	if err != nil {
		return nil, fmt.Errorf("plugin %s cannot be loaded: %w", l.Path, err)
	}
	if l.Platform == "" {
		client, err := p.NewClient(nil)
		if err != nil {
			return nil, fmt.Errorf("plugin %s finds no device: %w", l.Path, err)
		}
		l.Platform = strings.ToLower(client.Platform())
		if err := client.Destroy(); err != nil {
			return nil, fmt.Errorf("plugin %s cannot be closed: %w", l.Path, err)
		}
		if err := unprepared(l); err != nil {
			return nil, err
		}
	}
	// GoMLX takes only a plugin named "cpu" for one whose buffers lie in host
	// memory, and copies every tensor once more for one that is named by its path.
	set := strings.Split(options, ",")
	if l.Platform == "cpu" && !slices.Contains(set, "noshared_buffers") && !slices.Contains(set, "shared_buffers") {
		options += ",shared_buffers"
	}
	var client pjrt.NamedValuesMap
	if l.Platform == "cuda" {
		// By its default the first client takes three quarters of the GPU's memory,
		// and a second one, of a notebook's next cell say, complains of the rest.
		client = pjrt.NamedValuesMap{"preallocate": false}
	}
	b, err := xla.NewWithOptions(l.Path+","+options, client)
	if err != nil {
		return nil, fmt.Errorf("plugin %s finds no device: %w", l.Path, err)
	}
	major, minor := p.Version()
	e := &Engine{programs: &programCache{}, backend: &countingBackend{Backend: b}, about: Description{
		Name: "xla:" + l.Platform, Real: true, Plugin: l.Path, Origin: l.Origin,
		PJRT: fmt.Sprintf("%d.%d", major, minor), Devices: b.NumDevices(), Device: b.DeviceDescription(0),
	}}
	if err := e.try(); err != nil {
		e.Close()
		return nil, fmt.Errorf("plugin %s does not compute: %w", l.Path, err)
	}
	return e, nil
}

// try multiplies two small matrices: a plugin of another age, or one whose
// libraries are missing, opens well and fails at the first program.
func (e *Engine) try() error {
	var got []float32
	err := Catch(func() {
		exec := graph.MustNewExec(e.backend, func(x *graph.Node) *graph.Node { return graph.DotProduct(x, x) })
		defer exec.Finalize()
		t := exec.MustExec1(tensors.FromFlatDataAndDimensions([]float32{1, 2, 3, 4}, 2, 2))
		got = tensors.MustCopyFlatData[float32](t)
		t.FinalizeAll()
	})
	if err == nil && !slices.Equal(got, []float32{7, 10, 15, 22}) {
		err = errors.New("a product of two small matrices came out wrong")
	}
	return err
}
