package main

import (
	"bytes"
	"os"
	"testing"
)

// The embedded file is what this version of golang.org/x/text gives.
func TestTheFileIsGenerated(t *testing.T) {
	have, err := os.ReadFile("../../words/names.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, file()) {
		t.Error("datasets/words/names.txt is not what its generator writes; run go generate ./datasets")
	}
}
