#!/usr/bin/env bash
# Installs what the tests need and Go does not bring: a C++ compiler and its
# library, which DuckDB is linked with, and a browser. On Debian and Ubuntu, as
# root or with sudo; elsewhere it says what is missing.
set -euo pipefail

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

if ((${#need[@]} == 0)); then
	echo "browser: $browser"
	exit 0
fi

as_root=()
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
