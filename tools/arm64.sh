#!/usr/bin/env bash
# Builds the program for linux/arm64 on another machine and uses it under qemu: a load, a report, a query. Without the tools
# and the right to install them it says so and passes, unless ARM64_REQUIRED=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing() {
	echo "the program for linux/arm64 is NOT TRIED: $1" >&2
	[[ ${ARM64_REQUIRED:-} != 1 ]]
	exit
}

code=0
tools/build.sh linux/arm64 .tools/arm64 || code=$?
if [[ $code == 3 ]]; then missing "it cannot be built"; fi
[[ $code == 0 ]]

program=("$PWD/.tools/arm64/usagereport")
if [[ $(uname -m) != aarch64 ]]; then
	if ! command -v qemu-aarch64-static >/dev/null; then
		if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
			missing "install qemu-user-static"
		fi
		export DEBIAN_FRONTEND=noninteractive
		{ apt-get -y -q update && apt-get -y -q install --no-install-recommends qemu-user-static; } </dev/null >/dev/null ||
			missing "qemu-user-static cannot be installed"
	fi
	program=(qemu-aarch64-static -L /usr/aarch64-linux-gnu "${program[@]}")
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
samples=$PWD/testdata/usage
cd "$work"
"${program[@]}" --version
"${program[@]}" load -q "$samples/azure_account_v2" >/dev/null
sum=$("${program[@]}" query --format csv "SELECT sum(BilledCost) FROM usage" | tail -1)
[[ $sum == 2302.47* ]] || { echo "arm64: the sum of the files is $sum" >&2; exit 1; }
"${program[@]}" query --format parquet -o usage.parquet "SELECT * FROM usage"
rows=$("${program[@]}" query --unsafe --format csv "SELECT count(*) FROM read_parquet('usage.parquet')" | tail -1)
[[ $rows == 945 ]] || { echo "arm64: the Parquet file has $rows rows" >&2; exit 1; }
"${program[@]}" report -o report.html
grep -q '<!doctype html>' report.html
"${program[@]}" audit | tail -1 | grep ' 0 failed' # the report's numbers, added up anew
echo "arm64: a load, a report, a query and the audit passed"
