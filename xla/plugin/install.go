package plugin

import (
	"context"
	"iter"

	"github.com/seed-1a417598/memtest/xla/wheels"
)

// Install brings plugins for a platform ("cpu" or "cuda") into the cache, one
// after the other as the caller asks for more, and yields each or why it was not
// installed: that of the pinned wheel, then, for the CPU, that of GoMLX's own
// release. It yields nothing where none is known for this system and processor.
// What is in the cache already is yielded at once. It ends when ctx does.
func (m Machine) Install(ctx context.Context, platform string, log wheels.Log) iter.Seq2[Library, error] {
	return func(yield func(Library, error) bool) {
		if w, ok := m.wheelFor(platform); ok && !yield(m.installWheel(ctx, w, log)) || ctx.Err() != nil {
			return
		}
		if r, ok := m.goMLXRelease(); ok && platform == "cpu" {
			yield(m.installRelease(ctx, r, log))
		}
	}
}

// installWheel brings a wheel's plugin into the cache and returns it.
func (m Machine) installWheel(ctx context.Context, w wheels.Wheel, log wheels.Log) (Library, error) {
	path, err := m.cache().Install(ctx, w, m.Check, log)
	if err != nil {
		return Library{}, err
	}
	return cached(path), nil
}

// cache is where plugins are installed.
func (m Machine) cache() wheels.Cache { return wheels.Cache{Folder: m.Cache, Python: m.Python} }

// cached is the plugin at a path in the cache.
func cached(path string) Library {
	return Library{Path: path, Platform: Platform(path), Origin: cacheOrigin}
}
