package onnx

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// random are operators whose result is another one each time.
var random = []string{"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"}

// check refuses what can be known without computing.
func (m *Model) check() error {
	if len(m.graph.inputs) == 0 {
		return fmt.Errorf("it has no input; export it as a function of the examples")
	}
	for _, n := range m.graph.nodes {
		switch {
		case n.Op == "BatchNormalization" && n.ints["training_mode"] != 0:
			return fmt.Errorf("its node %v is in training mode, so that examples of a batch change each other; call model.eval() before the export", n)
		case slices.Contains(random, n.Op) && n.Domain == "":
			return fmt.Errorf("its node %v gives another result each time; call model.eval() before the export, or export the model without it", n)
		}
	}
	return m.checkExternal()
}

// checkExternal refuses files of weights that are missing, and names that lead out
// of the model's folder: a model is read like data, and must not open other files.
func (m *Model) checkExternal() error {
	folder := filepath.Dir(m.Path)
	real, err := filepath.EvalSymlinks(folder)
	if len(m.graph.external) == 0 {
		return nil
	}
	if err != nil {
		return err
	}
	for _, name := range m.graph.external {
		if !filepath.IsLocal(filepath.FromSlash(name)) {
			return fmt.Errorf("its weights lie in %q, outside of its folder; save it with its weights beside it, as onnx.save(onnx.load(FILE), NEW, save_as_external_data=True) does", name)
		}
		path := filepath.Join(folder, filepath.FromSlash(name))
		target, err := filepath.EvalSymlinks(path)
		if err != nil {
			return fmt.Errorf("its weights lie in %s, which cannot be read (%v); put that file beside the model", path, os.ErrNotExist)
		}
		if inside, err := filepath.Rel(real, target); err != nil || !filepath.IsLocal(inside) {
			return fmt.Errorf("its weights lie in %s, a link that leads out of the model's folder; put the file itself there", path)
		}
		if f, err := os.Open(path); err == nil {
			head := make([]byte, 60)
			n, _ := f.Read(head) // what is shorter is no pointer
			f.Close()
			if pointer(head[:n]) {
				return fmt.Errorf("its weights lie in %s, which is a pointer of Git LFS, not the file itself: run git lfs pull", path)
			}
		}
	}
	return nil
}

// pointer says whether a file that begins so is a pointer of Git LFS.
func pointer(head []byte) bool { return bytes.HasPrefix(head, []byte("version https://git-lfs")) }
