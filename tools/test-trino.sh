#!/usr/bin/env bash
# The tests of engine/trino, on a cluster that is started for them and stopped after them.
# Where it cannot run that is said aloud; with TRINO_REQUIRED it is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing() {
	echo "!!! NOT TESTED: the engine for Trino: $*" >&2
	[ -z "${TRINO_REQUIRED:-}" ] || exit 1
	exit 0
}

tools/trino-cluster.sh ready || missing "see above"
python=.tools/delta/bin/python
if ! "$python" -c 'import deltalake, pyarrow' 2>/dev/null; then
	python3 -m venv .tools/delta && .tools/delta/bin/pip install --quiet deltalake==1.6.6 pyarrow || missing "pip could not install deltalake"
fi
dir=$(mktemp -d)
trap 'tools/trino-cluster.sh stop "$dir" || true; rm -rf "$dir"' EXIT
TRINO_CATALOGS="hive delta" TRINO_TLS=1 tools/trino-cluster.sh start "$dir" 2 || missing "the cluster did not start"
export TRINO_DIR=$dir DELTA_PYTHON=$PWD/$python
go test -count=1 -timeout=20m ./engine/trino -skip '^TestKilled$'
go test -count=1 -timeout=20m ./cmd/usagereport -run '^TestEngines$'
# These end nodes of the cluster, so they come last.
go test -count=1 -timeout=10m ./cmd/usagereport -run '^TestWorkerKilled$'
go test -count=1 -timeout=5m ./engine/trino -run '^TestKilled$'
