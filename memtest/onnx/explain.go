package onnx

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// sourcePlace is where in its own code ONNX Runtime noticed an error: a file, a line and
// the function's signature.
var sourcePlace = regexp.MustCompile(`\S+\.(?:cc|h):\d+ (?:.*?\) (?:const )?(?:\[with [^\]]*\] )?)?`)

// oneLine is the first line of an error of ONNX Runtime, without places in its code.
func oneLine(err error) string {
	text, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	for _, prefix := range []string{"Error creating C session: ", "Error running network: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return strings.TrimRight(sourcePlace.ReplaceAllString(text, ""), ". ")
}

// How ONNX Runtime names nodes: "… node with name 'x'", "Name:'x'", "Node (x) Op (Conv)",
// "running Conv node", "implementation for Conv(11)", "vendor:FastThing(-1) is not a
// registered function/op".
var (
	nodeNames = regexp.MustCompile(`(?:node with name|[Nn]ode ?[Nn]ame:|Name:|Node) ?\(?'?"?([^'")]+)`)
	nodeOps   = regexp.MustCompile(`running (\w+) node|Op \((\w+)\)|(\w+)\(-?\d+\)`)
)

// guilty is the node that an error of ONNX Runtime is about, nil where none is found.
func (m *Model) guilty(err error) *node {
	text := err.Error()
	for _, found := range nodeNames.FindAllStringSubmatch(text, -1) {
		for _, n := range m.graph.nodes {
			if n.Name != "" && n.Name == strings.TrimSpace(found[1]) {
				return n
			}
		}
	}
	for _, found := range nodeOps.FindAllStringSubmatch(text, -1) {
		for _, n := range m.graph.nodes {
			if slices.Contains(found[1:], n.Op) {
				return n
			}
		}
	}
	return nil
}

// explain is an error of ONNX Runtime as one sentence, with the node that it is about.
func (m *Model) explain(err error) error {
	const advice = "choose a tensor before it (--list shows them), or export the model with another opset_version"
	if n := m.guilty(err); n != nil {
		return fmt.Errorf("node %v cannot be computed here (%s); %s", n, oneLine(err), advice)
	}
	return fmt.Errorf("ONNX Runtime refuses it (%s); check it with onnx.checker, or export it with another opset_version", oneLine(err))
}
