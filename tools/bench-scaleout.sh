#!/usr/bin/env bash
# How much faster more workers are, each held to the same share of a CPU (by cgroups, so
# root only), with DuckDB on the same files beside it. ENGINE_ROWS is how many (3 million).
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools/trino-cluster.sh ready
dir=$(mktemp -d)
trap 'tools/trino-cluster.sh stop "$dir" || true; rm -rf "$dir"' EXIT
mkdir -p "$dir/data/bench"
export BENCH=1 ENGINE_ROWS=${ENGINE_ROWS:-3000000} TRINO_DIR=$dir
measure() { go test -count=1 -timeout=60m "$1" -run '^TestScaleOutTable$' -v | grep -o '[A-Z].* rows, .*'; }
export BENCH_DATA=$dir/data/bench
go test -count=1 -timeout=60m ./engine/parquet -run '^TestScaleOutData$' >/dev/null
measure ./engine/parquet
for workers in 1 2 4; do
	# The optimising compiler, which a quick start goes without, and a share of each worker.
	TRINO_CATALOGS=hive TRINO_CPUS=${TRINO_CPUS-0.4} TRINO_JVM=-XX:TieredStopAtLevel=4 tools/trino-cluster.sh start "$dir" "$workers"
	BENCH_WORKERS=$workers measure ./engine/trino
	tools/trino-cluster.sh stop "$dir"
	rm -rf "$dir/data/metastore"
done
