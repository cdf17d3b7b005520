package plugin

import (
	"fmt"
	"os"
	"path/filepath"
)

// LinkCUDA makes NVIDIA's libraries in the folder dir visible to a plugin in
// the cache, which looks for them in ../nvidia beside its own folder. A plugin
// elsewhere came with an installation that has them in place, and libraries of
// the system are found by the loader: then there is nothing to do.
func LinkCUDA(l Library, dir string) error {
	if l.Origin != cacheOrigin || filepath.Base(dir) != "nvidia" {
		return nil
	}
	link := filepath.Join(filepath.Dir(filepath.Dir(l.Path)), "nvidia")
	if old, err := os.Readlink(link); err == nil && old == dir {
		return nil
	}
	// Made aside and renamed, so that another process never sees it missing.
	aside := fmt.Sprintf("%s.%d", link, os.Getpid())
	if err := os.Symlink(dir, aside); err != nil {
		return fmt.Errorf("the CUDA libraries cannot be linked to the plugin: %w", err)
	}
	if err := os.Rename(aside, link); err != nil {
		_ = os.Remove(aside)
		return fmt.Errorf("the CUDA libraries cannot be linked to the plugin: %w", err)
	}
	return nil
}
