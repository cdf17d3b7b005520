package result

import "testing"

func TestProcessorIsNamedByItsModel(t *testing.T) {
	for text, want := range map[string]string{
		"": "",
		"processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 207\nmodel name\t: Intel(R) Xeon(R) Processor\nstepping\t: 2\n\nprocessor\t: 1\nmodel name\t: other\n": "Intel(R) Xeon(R) Processor family 6 model 207 stepping 2",
		"processor\t: 0\nCPU implementer\t: 0x41\nCPU variant\t: 0x3\nCPU part\t: 0xd0c\n":                                                                                             "implementer 0x41 variant 0x3 part 0xd0c",
	} {
		if got := parseProcessor(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
