#!/usr/bin/env bash
# Looks for known vulnerabilities: vuln.sh GOVULNCHECK SCAN, where SCAN is package, in
# what the program is made of (some seconds), or symbol, in what it calls (minutes).
# The database is $GOVULNDB, else the Go project's own, else the copy of it that the
# module proxy has, dated by its version. Exits 3 where there is one, and 4
# where no database was to be had, so that nothing was checked.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
check=$1 scan=$2

if [[ -z ${GOVULNDB:-} ]] && ! curl -fsS -m 20 -o /dev/null https://vuln.go.dev/index/db.json 2>/dev/null; then
	# Its entries are files of a module, which belongs to no go.mod of ours.
	if copy=$(cd /tmp && GOFLAGS=-mod=mod timeout 120 "${GO:-go}" mod download -json golang.org/x/vulndb@latest 2>/dev/null); then
		dir=$(sed -n 's/^\t"Dir": "\(.*\)",$/\1/p' <<<"$copy")
		version=$(sed -n 's/^\t"Version": "\(.*\)",$/\1/p' <<<"$copy")
		GOVULNDB=file://$dir/data/osv
		echo "the database is the module proxy's copy, golang.org/x/vulndb $version"
	else
		echo "!!! NOT CHECKED for known vulnerabilities: neither vuln.go.dev nor a copy of its database is to be had from here."
		echo "!!! Set GOVULNDB to a copy, like file:///path/to/vulndb/data/osv. No release goes out unchecked (make release-check)."
		exit 4
	fi
fi
status=0
timeout 600 "$check" -scan "$scan" -db "${GOVULNDB:-https://vuln.go.dev}" ./... || status=$?
if [[ $status == 124 ]]; then
	echo "!!! NOT CHECKED for known vulnerabilities: govulncheck took longer than ten minutes."
	exit 4
fi
exit $status
