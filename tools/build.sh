#!/usr/bin/env bash
# build.sh SYSTEM/ARCH[/static] FOLDER builds the program, stripped, into FOLDER; make runs it. linux/ARCH/static needs no C
# library where it runs: for Alpine, RHEL 8 and other systems whose own is none or too old. Another system's compiler is Debian's,
# and for macOS zig. For Windows DuckDB's own DLL lies beside the program: the static library wants a newer mingw than Debian's.
# Exit code 3: something is missing that cannot be installed here.
set -euo pipefail
target=${1%/static}
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

# stub FILE LIBRARY writes for the linker which symbols a library of macOS has: those that Go's source says it calls.
stub() {
	local symbols
	symbols=$(grep -rhoE "^//go:cgo_import_dynamic .*\"$2\"" "$($go env GOROOT)"/src/{crypto/x509,internal/syscall/unix} | awk '{print "_" $3}' | sort -u | paste -sd,)
	[[ -n $symbols ]] || missing "Go's source says no longer what it calls in $2"
	mkdir -p "${1%/*}"
	printf '%s\n' '--- !tapi-tbd' 'tbd-version: 4' 'targets: [ x86_64-macos, arm64-macos ]' "install-name: '$2'" \
		'exports:' '  - targets: [ x86_64-macos, arm64-macos ]' "    symbols: [ $symbols ]" '...' >"$1"
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
	flags='-Wl,--exclude-libs,ALL -Wl,--gc-sections'
	if [[ $1 == */static ]]; then
		# Names of hosts and users are looked up by Go's own code; the C library would load parts of itself for that.
		flags+=' -static'
		tags+=,netgo,osusergo
	fi
	ldflags+=" -extldflags '$flags'" ;;
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
	export CGO_LDFLAGS="'-L$cache'" ;;
esac

if [[ $target == "$here" ]]; then
	# Said now, and not by the linker after minutes.
	compiler=$($go env CC)
	command -v "${compiler%% *}" >/dev/null ||
		missing "there is no C compiler \"$compiler\"; install g++ (apt-get install g++, dnf install gcc-c++, or on a Mac xcode-select --install)"
	if [[ $target == linux/* && $($compiler -print-file-name=libstdc++.so) != /* ]]; then
		missing "$compiler is there and not its C++ library; install g++ (apt-get install g++, dnf install gcc-c++)"
	fi
else
	case $target in
	linux/arm64)
		needs aarch64-linux-gnu-g++ gcc-aarch64-linux-gnu g++-aarch64-linux-gnu
		export CC=aarch64-linux-gnu-gcc CXX=aarch64-linux-gnu-g++ ;;
	windows/amd64)
		needs x86_64-w64-mingw32-g++ g++-mingw-w64-x86-64
		export CC=x86_64-w64-mingw32-gcc CXX=x86_64-w64-mingw32-g++ ;;
	darwin/*)
		zig=0.17.1
		# Outside the checkout, like Windows' library.
		tools=${XDG_CACHE_HOME:-$HOME/.cache}/usagereport/zig-$zig
		if [[ ! -x $tools/ziglang/zig ]]; then
			rm -rf "$tools.part"
			python3 -m pip install -q --root-user-action=ignore --no-deps --target "$tools.part" "ziglang==$zig" ||
				missing "zig, a C compiler for macOS, cannot be installed by pip"
			mv "$tools.part" "$tools"
		fi
		# zig describes all of the C library, and not these three.
		for framework in CoreFoundation Security; do
			stub "$tools/stubs/$framework.framework/$framework.tbd" "/System/Library/Frameworks/$framework.framework/Versions/A/$framework"
		done
		stub "$tools/stubs/libresolv.tbd" /usr/lib/libresolv.9.dylib
		machine=${GOARCH/amd64/x86_64}
		export CC="'$tools/ziglang/zig' cc -target ${machine/arm64/aarch64}-macos.12.0"
		export CXX=${CC/ cc / c++ }
		ldflags+=" -buildid="
		export CGO_LDFLAGS="'-L$tools/stubs' '-F$tools/stubs'" ;;
	*) missing "it is built on such a machine only" ;;
	esac
fi
code=0
said=$($go build -buildvcs=false -tags="$tags" -ldflags "$ldflags" -o "$folder/$program" ./cmd/usagereport 2>&1 | tee >(cat >&2)) || code=$?
if [[ $said == *"no space left on device"* ]]; then
	echo "the disk is full, and nothing was built: a first build takes 2 GB. Make room, or name folders on another disk:" \
		"GOMODCACHE (the modules), GOCACHE (what is compiled) and GOTMPDIR (while it links)" >&2
fi
exit $code
