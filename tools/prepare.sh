#!/usr/bin/env bash
# Installs what the tests need and Go does not bring: a C++ compiler and its
# library, which DuckDB is linked with, a browser, a Chinese font and pdftotext
# for what it prints, and Node with Azurite, the emulator of Azure Storage. On Debian and
# Ubuntu, as root or with sudo; elsewhere it says what is missing. Azurite goes
# into .tools/node.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

azurite=3.37.0

need=()
if ! command -v g++ >/dev/null; then
	# The program needs gcc and the C++ library to link with; g++ brings both.
	if ! command -v gcc >/dev/null || [[ $(gcc -print-file-name=libstdc++.so) != /* ]]; then
		need+=(g++)
	fi
fi
browser=""
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
	if [[ -n $name ]] && command -v "$name" >/dev/null; then
		browser=$(command -v "$name")
		break
	fi
done
if [[ -z $browser ]]; then
	need+=(chromium fonts-liberation)
fi

# Reports in Chinese are printed and read again.
if command -v apt-get >/dev/null && ! { command -v fc-list >/dev/null && fc-list :lang=zh-tw | grep -q .; }; then
	need+=(fonts-noto-cjk)
fi
command -v pdftotext >/dev/null || need+=(poppler-utils)
# What packs the archives of a release.
command -v python3 >/dev/null || need+=(python3)
# Calls of the system that fail, for the tests of the ledger.
command -v strace >/dev/null || need+=(strace)
command -v node >/dev/null || need+=(nodejs)
command -v npm >/dev/null || need+=(npm)

install_packages() {
	local as_root=()
	if [[ $(id -u) != 0 ]]; then
		as_root=(sudo)
	fi
	if ! command -v apt-get >/dev/null || { ((${#as_root[@]} > 0)) && ! sudo -n true 2>/dev/null && [[ ! -t 0 ]]; }; then
		echo "The tests need: ${need[*]}" >&2
		echo "Install them with this system's package manager, or set CHROMIUM to the path of a Chromium or Chrome." >&2
		exit 1
	fi

	echo "installing: ${need[*]}"
	run() { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q "$@" </dev/null; }
	run update
	run install --no-install-recommends "${need[@]}"
}

# What links the tests in half of the time, and what gives DuckDB memory in less; where they are not to be had, the tests are
# linked as the program is.
install_faster() {
	local as_root=() faster=()
	command -v mold >/dev/null || faster+=(mold)
	[[ $(gcc -print-file-name=libtcmalloc_minimal.so.4) == /* ]] || faster+=(libtcmalloc-minimal4)
	if ((${#faster[@]} == 0)) || ! command -v apt-get >/dev/null; then
		return
	fi
	if [[ $(id -u) != 0 ]]; then
		sudo -n true 2>/dev/null || return 0
		as_root=(sudo)
	fi
	for package in "${faster[@]}"; do
		"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -q install --no-install-recommends "$package" </dev/null >/dev/null 2>&1 || true
	done
}

if ((${#need[@]} > 0)); then
	install_packages
else
	echo "browser: $browser"
fi
install_faster

have=$(node -p 'require("./.tools/node/node_modules/azurite/package.json").version' 2>/dev/null || true)
if [[ $have != "$azurite" ]]; then
	echo "installing: azurite $azurite"
	mkdir -p .tools/node
	npm install --prefix .tools/node --no-fund --no-audit --loglevel=error "azurite@$azurite"
fi
