// Package wheels installs shared libraries out of pinned Python wheels, which is
// how the large ones are published, into the user's cache:
//
//  1. a Wheel pins a package: its version, the SHA-256 of its file and the one
//     member that is wanted;
//  2. Cache.Install takes a lock, so that of several processes one installs, and
//     returns at once where the member is in the cache and fit for use;
//  3. else the ordinary pip client downloads the wheel into a staging folder, held
//     to version and SHA-256, and the hash is computed here as well;
//  4. the member is unpacked, of exactly the pinned size, from an archive that
//     names no path outside its folder;
//  5. one renaming puts it in its place, so that it is there whole or not at all;
//     what a killed process leaves behind is swept up by the next one.
//
// Cache.Fill is all of it but for the wheel, for files that come by another way.
//
// Python is run for pip only. Nothing here loads a library or needs cgo.
package wheels
