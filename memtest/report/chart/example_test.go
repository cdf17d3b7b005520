package chart_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/seed-1a417598/memtest/memtest/report/chart"
)

// A page that holds pieces of Inline sets their colours.
func ExampleVariables() {
	colours := chart.Variables()
	fmt.Println(":root {")
	for _, name := range slices.Sorted(maps.Keys(colours)) {
		c := colours[name]
		fmt.Printf("\t--%s: #%02x%02x%02x;\n", name, c.R, c.G, c.B)
	}
	fmt.Println("}")
	// Output:
	// :root {
	// 	--blue: #0072b2;
	// 	--green: #009e73;
	// 	--grid: #dfe1e5;
	// 	--ink: #1c1c1e;
	// 	--muted: #5f6368;
	// 	--orange: #e69f00;
	// 	--purple: #cc79a7;
	// 	--vermillion: #d55e00;
	// }
}
