#!/usr/bin/env bash
# Makes the pictures of the documents from the demo, with an installed Chromium:
# tools/pictures.sh ./usagereport
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
program=$(realpath "$1")
browser=""
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
	if [[ -n $name ]] && command -v "$name" >/dev/null; then
		browser=$name
		break
	fi
done
[[ -n $browser ]] || { echo "no Chromium is installed; set CHROMIUM to the path of one" >&2; exit 1; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && "$program" demo estate >/dev/null && "$program" report -q -o report.html estate/*.csv)
mkdir -p docs/images
"$browser" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --force-color-profile=srgb --window-size=1280,860 \
	--virtual-time-budget=4000 --user-data-dir="$dir/profile" --screenshot=docs/images/report.png "file://$dir/report.html" 2>"$dir/said" ||
	{ cat "$dir/said" >&2; exit 1; }
