#!/bin/sh
# Binds a notebook's kernel to the checkout that the notebook lies in, so that its
# cells compile the code that is here, with the versions that go.mod names, and ask
# no server. GoNB compiles cells in a temporary module of its own, which is this
# script's working folder; GONB_DIR is the notebook's folder.
set -eu

fail() {
	echo "memtest: $*" >&2
	exit 1
}

here=$(cd "$GONB_DIR" && pwd -P)
root=$(dirname "$here")
[ -f "$root/go.mod" ] && [ -d "$root/memtest/show" ] ||
	fail "$here is not the notebooks folder of a checkout of memtest; clone memtest, type in its folder: go run ./cmd/memtest lab"
command -v go >/dev/null ||
	fail "this kernel does not find Go; install Go 1.26 or later, then type in $root: go run ./cmd/memtest lab"
command -v goimports >/dev/null ||
	fail "this kernel lacks goimports, so it is not the one made for this checkout; type in $root: go run ./cmd/memtest lab"

wanted=$(awk '$1 == "github.com/janpfeifer/gonb" { print $2 }' "$root/go.mod")
[ "${MEMTEST_GONB:-$wanted}" = "$wanted" ] ||
	fail "this kernel is gonb $MEMTEST_GONB and stale, the checkout wants $wanted; type in $root: go run ./cmd/memtest lab --setup-only, and restart the kernel"

export GOWORK=off GOFLAGS="-mod=readonly -buildvcs=false"
cd "$root"
module=$(go list -m)
if ! trouble=$(go list -deps ./notebooks/nbdeps 2>&1 >/dev/null); then
	echo "$trouble" | head -n 3 >&2
	fail "packages that the notebooks need are not on this machine and could not be fetched; with a network, type in $root: go run ./cmd/memtest lab --setup-only"
fi

cd "$OLDPWD"
sed "s#^module .*#module $module/gonbcell#" "$root/go.mod" >go.mod
cp "$root/go.sum" go.sum
go mod edit -require="$module@v0.0.0" -replace="$module=$root"
echo "bound to this checkout of $module"
