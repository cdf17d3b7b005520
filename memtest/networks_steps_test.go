package memtest

import (
	"reflect"
	"testing"

	"github.com/seed-1a417598/memtest/datasets"
	"github.com/seed-1a417598/memtest/xla/nn"
)

// What --net says of networks over steps: their layers, or one sentence.
func TestNetworksOverSteps(t *testing.T) {
	series := datasets.Shape{Height: 9, Width: 1, Channels: 2, Kind: datasets.Series}
	tokens := datasets.Shape{Height: 9, Width: 1, Channels: 1, Kind: datasets.Tokens, Vocabulary: 5}
	image := datasets.Shape{Height: 8, Width: 8, Channels: 1}
	for _, c := range []struct {
		net   string
		input datasets.Shape
		want  nn.Spec
		err   string
	}{
		{"lstm", series, nn.LSTM(series, 2, 64), ""},
		{"lstm:7", tokens, nn.LSTM(tokens, 2, 7), ""},
		{"conv1d", series, nn.Conv1D(series, 2, []int{32, 64}, 64), ""},
		{"conv1d:4", tokens, nn.Conv1D(tokens, 2, []int{4}), ""},
		{"conv1d:4,5/6,7", series, nn.Conv1D(series, 2, []int{4, 5}, 6, 7), ""},
		{"lstm:", series, nn.Spec{}, `net: "lstm:": "" is no width, a whole number from 1; type for example lstm:64`},
		{"lstm:2x64", series, nn.Spec{}, `net: "lstm:2x64": "2x64" is no width, a whole number from 1; type for example lstm:64`},
		{"conv1d:/5", series, nn.Spec{}, `net: "conv1d:/5": "/5" does not begin with channels, whole numbers from 1 between commas; type for example conv1d:32,64/64`},
		{"conv1d:0", series, nn.Spec{}, `net: "conv1d:0": "0" does not begin with channels, whole numbers from 1 between commas; type for example conv1d:32,64/64`},
		{"lstm", image, nn.Spec{}, `net: "lstm": lstm (recurrence over steps) takes series and tokens, but the examples are images; choose cnn, mlp, resnet or a FILE.yaml`},
		{"conv1d", image, nn.Spec{}, `net: "conv1d": conv1d (convolutions over steps) takes series and tokens, but the examples are images; choose cnn, mlp, resnet or a FILE.yaml`},
	} {
		got, err := Config{Net: c.net}.network(&datasets.Set{Shape: c.input, Classes: []string{"a", "b"}})
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s of %v\n got %v\nwant %s", c.net, c.input, err, c.err)
			}
		} else if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s of %v: %v\n got %+v\nwant %+v", c.net, c.input, err, got, c.want)
		}
	}
}
