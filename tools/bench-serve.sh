#!/usr/bin/env bash
# Asks serve for the report, from 50 connections at once for 30 seconds, and says how
# long that took: tools/bench-serve.sh ./usagereport. It fails on any error. wrk is a
# package of Debian and Ubuntu.
set -euo pipefail
program=$(realpath "$1")
command -v wrk >/dev/null || { echo "wrk is not installed: apt-get install wrk" >&2; exit 1; }

dir=$(mktemp -d)
cd "$dir"
"$program" demo estate >/dev/null
"$program" load -q estate/*.csv >/dev/null 2>&1
"$program" serve --listen 127.0.0.1:0 --no-token >address 2>said &
pid=$!
trap 'kill $pid; rm -rf "$dir"' EXIT
for _ in $(seq 100); do
	[[ -s address ]] && break
	sleep 0.1
done
address=$(<address)
for page in "" drill sql; do
	curl -sSf -o /dev/null -w "/$page: first answer %{time_total} s, %{size_download} bytes\n" "$address$page"
	wrk -t2 -c50 -d30s --latency "$address$page" | tee result
	if grep -qE 'Socket errors|Non-2xx' result; then
		echo "there were errors" >&2
		exit 1
	fi
done
