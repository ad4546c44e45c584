#!/usr/bin/env bash
# build.sh SYSTEM/ARCH FOLDER [vet] builds the program, stripped, into FOLDER, and looks at all packages for that system
# first if it is asked to; make runs it. Another system's compiler is Debian's. For Windows DuckDB's own DLL lies beside the
# program: the static library wants a newer mingw than Debian's.
# Exit code 3: something is missing that cannot be installed here.
set -euo pipefail
target=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing() {
	echo "the program for $target is NOT BUILT: $1" >&2
	exit 3
}

# needs PROGRAM PACKAGE... installs packages where a program is not there.
needs() {
	local program=$1
	shift
	command -v "$program" >/dev/null && return
	if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
		missing "install $*"
	fi
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get -y -q update && apt-get -y -q install --no-install-recommends "$@"; } </dev/null >/dev/null || missing "$* cannot be installed"
}

go=${GO:-go}
here=$($go env GOHOSTOS)/$($go env GOHOSTARCH)
export CGO_ENABLED=1 GOOS=${target%/*} GOARCH=${target#*/}
version=${VERSION:-$(git describe --tags --always --dirty 2>/dev/null || echo devel)} # what the program says with --version
tags=${TAGS:?make sets it}
# Without symbols, which a stack trace does without, too: 32 MB less.
ldflags="-s -w -X main.version=$version"
program=usagereport

case $target in
linux/*)
	# DuckDB's own symbols are not offered to others, so what is not called can go: 7 MB less.
	ldflags+=" -extldflags '-Wl,--exclude-libs,ALL -Wl,--gc-sections'" ;;
windows/*)
	program=usagereport.exe
	bindings=$($go list -m -f '{{.Version}}' github.com/duckdb/duckdb-go/v2) # v2.10506.0 is of DuckDB 1.5.6
	number=${bindings#v2.}
	number=${number%%.*}
	duckdb=$((number / 10000)).$((number / 100 % 100)).$((number % 100))
	# Outside the checkout, for its path is among the flags: two checkouts share what is compiled, and make the same bytes.
	cache=${XDG_CACHE_HOME:-$HOME/.cache}/usagereport/duckdb-$duckdb-windows
	if [[ ! -f $cache/duckdb.dll ]]; then
		mkdir -p "$cache"
		npm pack --silent --pack-destination "$cache" "@duckdb/node-bindings-win32-x64@$duckdb-r.1" >/dev/null ||
			missing "the package with DuckDB's DLL cannot be fetched"
		tar xzf "$cache/duckdb-node-bindings-win32-x64-$duckdb-r.1.tgz" -C "$cache" --strip-components=1 package/duckdb.dll
		rm "$cache"/*.tgz
	fi
	cp "$cache/duckdb.dll" "$folder"
	tags+=,duckdb_use_lib
	ldflags+=" -buildid=" # it is made of the flags, too
	export CGO_LDFLAGS=-L$cache ;;
esac

if [[ $target != "$here" ]]; then
	case $target in
	linux/arm64)
		needs aarch64-linux-gnu-g++ gcc-aarch64-linux-gnu g++-aarch64-linux-gnu
		export CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ ;;
	windows/amd64)
		needs x86_64-w64-mingw32-g++ g++-mingw-w64-x86-64
		export CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++ ;;
	*) missing "it is built on such a machine only" ;;
	esac
fi
if [[ ${3:-} == vet ]]; then
	$go vet -tags="$tags" ./...
fi
$go build -buildvcs=false -tags="$tags" -ldflags "$ldflags" -o "$folder/$program" ./cmd/usagereport
