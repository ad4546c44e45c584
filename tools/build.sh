#!/usr/bin/env bash
# build.sh SYSTEM/ARCH FOLDER builds the program, stripped, into FOLDER; make runs it. Another system's compiler is
# Debian's. For Windows DuckDB's own DLL lies beside the program: the static library wants a newer mingw than Debian's.
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
	package=node-bindings-win32-x64-$duckdb-r.1
	dll=.tools/windows/duckdb-$duckdb.dll
	if [[ ! -f $dll ]]; then
		mkdir -p .tools/windows
		npm pack --silent --pack-destination .tools/windows "@duckdb/${package/-$duckdb/@$duckdb}" >/dev/null ||
			missing "the package with DuckDB's DLL cannot be fetched"
		tar xzf ".tools/windows/duckdb-$package.tgz" -C .tools/windows --strip-components=1 package/duckdb.dll
		mv .tools/windows/duckdb.dll "$dll"
	fi
	cp "$dll" .tools/windows/duckdb.dll
	[[ $folder/duckdb.dll -ef .tools/windows/duckdb.dll ]] || cp "$dll" "$folder/duckdb.dll"
	tags+=,duckdb_use_lib
	export CGO_LDFLAGS=-L$PWD/.tools/windows ;;
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
$go build -buildvcs=false -tags="$tags" -ldflags "$ldflags" -o "$folder/$program" ./cmd/usagereport
