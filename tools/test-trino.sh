#!/usr/bin/env bash
# The tests of engine/trino, on a cluster that is started for them and stopped after them.
# Where it cannot run that is said aloud; with TRINO_REQUIRED it is an error.
#
# The environment may say:
#   ENGINE_QUESTIONS  how many questions at random each kind of table is asked  (20; all are 100)
#   ENGINE_ROWS       how many rows these tables have                           (20000)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing() {
	echo "!!! NOT TESTED: the engine for Trino: $*" >&2
	[ -z "${TRINO_REQUIRED:-}" ] || exit 1
	exit 0
}

# tests PACKAGE TIMEOUT FLAG...: a package's tests, in its folder, and how long they took.
tests() {
	local began=$SECONDS
	(cd "$1" && "$dir/${1##*/}.test" -test.timeout="$2" "${@:3}")
	echo "$1 ${*:3}: $((SECONDS - began)) s"
}

tools/trino-cluster.sh ready || missing "see above"
python=.tools/delta/bin/python
if ! "$python" -c 'import deltalake, pyarrow' 2>/dev/null; then
	python3 -m venv .tools/delta && .tools/delta/bin/pip install --quiet deltalake==1.6.6 pyarrow || missing "pip could not install deltalake"
fi
dir=$(mktemp -d)
trap 'tools/trino-cluster.sh stop "$dir" || true; rm -rf "$dir"' EXIT
go test -c -o "$dir" ./engine/trino ./cmd/usagereport & # while the cluster starts, which mostly waits
built=$!
TRINO_CATALOGS="hive delta" TRINO_TLS=1 tools/trino-cluster.sh start "$dir" 2 || missing "the cluster did not start"
wait "$built"
export TRINO_DIR=$dir DELTA_PYTHON=$PWD/$python
tests engine/trino 60m -test.skip '^TestKilled$'
tests cmd/usagereport 20m -test.run '^TestEngines$'
tools/trino-cluster.sh status "$dir"
# These end nodes of the cluster, so they come last.
tests cmd/usagereport 10m -test.run '^TestWorkerKilled$'
tests engine/trino 5m -test.run '^TestKilled$'
