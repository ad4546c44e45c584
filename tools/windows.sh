#!/usr/bin/env bash
# Builds the program for Windows on Debian and uses it under Wine: with Debian's mingw, and with
# the DLL that DuckDB's makers build, for their static library wants a newer compiler. What Wine
# cannot show: locks on bytes, renames with the semantics of POSIX, consoles, virus scanners.
# Without the tools and the right to install them it says so and passes, unless WINDOWS_REQUIRED=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

missing() {
	echo "the Windows program is NOT TRIED: $1" >&2
	[[ ${WINDOWS_REQUIRED:-} != 1 ]]
	exit
}

wine=/usr/lib/wine/wine64
if [[ ! -x $wine ]]; then
	if [[ $(id -u) != 0 ]] || ! command -v apt-get >/dev/null; then
		missing "install wine64"
	fi
	export DEBIAN_FRONTEND=noninteractive
	{ apt-get -y -q update && apt-get -y -q install --no-install-recommends wine64; } </dev/null >/dev/null ||
		missing "wine64 cannot be installed"
fi

build=.tools/windows
code=0
tools/build.sh windows/amd64 "$build" || code=$?
if [[ $code == 3 ]]; then missing "it cannot be built"; fi
[[ $code == 0 ]]

export WINEPREFIX=$PWD/$build/prefix WINEDEBUG=-all
if [[ ! -d $WINEPREFIX/drive_c/windows/system32 ]]; then
	"$wine" wineboot.exe -i >/dev/null 2>&1 || true
fi
# Wine 8 lacks a library that Go needs.
if [[ ! -f $WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll ]]; then
	printf '%s\n' '#include <windows.h>' 'BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);' \
		'__declspec(dllexport) BOOL WINAPI ProcessPrng(PBYTE p, SIZE_T n) { return SystemFunction036(p, (ULONG)n); }' |
		x86_64-w64-mingw32-gcc -shared -O1 -x c - -o "$WINEPREFIX/drive_c/windows/system32/bcryptprimitives.dll" -ladvapi32
fi

# One server for all commands: each start of one takes a second, and sometimes fails on a busy machine. It does not start beside the
# one that made the prefix, which ends some seconds later, nor beside one that an interrupted run left.
timeout 60 /usr/lib/wine/wineserver64 -w || /usr/lib/wine/wineserver64 -k || true
/usr/lib/wine/wineserver64 -p
work=$(mktemp -d)
trap '/usr/lib/wine/wineserver64 -k || true; rm -rf "$work"' EXIT
exe=$PWD/$build/usagereport.exe
samples=$PWD/testdata/usage
documents=$PWD/docs
windows() { echo "Z:${1//\//\\}"; } # a path as Windows writes it
passed=0
# try NAME PATTERN COMMAND... runs the program, which must succeed and print a line like PATTERN, if there is one.
try() {
	local name=$1 pattern=$2
	shift 2
	local code=0
	"$wine" "$exe" "$@" >"$work/out" 2>"$work/err" || code=$?
	if [[ $code != 0 ]] || [[ -n $pattern ]] && ! grep -qE "$pattern" "$work/out" "$work/err"; then
		echo "windows: $name failed with exit code $code: usagereport $*" >&2
		cat "$work/out" "$work/err" >&2
		exit 1
	fi
	passed=$((passed + 1))
}
# refused NAME PATTERN COMMAND... runs it, which must fail and say why.
refused() {
	local name=$1 pattern=$2
	shift 2
	if "$wine" "$exe" "$@" >"$work/out" 2>"$work/err" || ! grep -qE "$pattern" "$work/out" "$work/err"; then
		echo "windows: $name failed: usagereport $*" >&2
		cat "$work/out" "$work/err" >&2
		exit 1
	fi
	passed=$((passed + 1))
}
mkdir -p "$work/A folder with Ümläute 中文"
cd "$work/A folder with Ümläute 中文"

try "its version, with DuckDB's" "DuckDB [0-9.]+" --version
duckdb=$(sed -n 's/.*DuckDB \([0-9.]*\)).*/\1/p' "$work/out")
try "load by a path of Windows" "3 loaded|loaded" load "$(windows "$samples")\\azure_account_v2"
[[ ! -e usage.duckdb.lock ]] || { echo "windows: the lock is left" >&2; exit 1; }
try "the DLL that the program was made for" "^v$duckdb" query --format csv "SELECT version()"
try "the sum of the files" '^2302\.47' query --format csv "SELECT sum(BilledCost) FROM usage"
try "load the same again" "unchanged" load "$samples/azure_account_v2"
try "a pattern" "loaded|unchanged" load "$(windows "$samples")\\azure_mca\\*.csv"
try "a report" "r.html" report -o r.html
grep -q '<!doctype html>' r.html
try "a report of a file, without a ledger" "m.html" report "$(windows "$samples")\\azure_account_v2\\202609-v2.csv" -o m.html
try "a report as JSON" '"currency": "EUR"' report --format json -o -
try "a workbook" "r.xlsx" report --xlsx -o r.xlsx
try "findings" "unusual" anomalies
try "a comparison" "change|delta" compare --by service
try "the audit" "0 failed" audit
try "a ledger on a drive" "loaded" load --db "$(windows "$PWD")\\d.duckdb" "$samples/focus"
try "a ledger by a long path" "FOCUS|focus" loads --db '\\?\'"$(windows "$PWD")\\d.duckdb" --format csv
try "a result into a file" "" query --format parquet -o p.parquet "SELECT * FROM usage"
try "SQL that reads it" '^[1-9]' query --unsafe --format csv "SELECT count(*) FROM read_parquet('p.parquet')"
printf 'SELECT 1 AS one;\r\n.quit\r\n' >s.sql
try "the shell, with line ends of Windows" 'one' shell <s.sql
refused "a file that is not there" "cannot find|not found" load "$(windows "$PWD")\\none.csv"
refused "SQL that writes" "read" query "DROP TABLE loads"
try "a backup" "" backup bk
try "a restored backup" "" restore bk --db r.duckdb
try "what it holds" '^2302\.47' query --db r.duckdb --format csv "SELECT sum(BilledCost) FROM usage WHERE BillingCurrency = 'EUR'"
printf 'name,email,budget,period,rule\r\nAda,ada@example.org,1,month,ServiceName=Storage\r\n' >owners.csv
try "an owner's report" "Ada" report --owner Ada --format markdown -o -
try "sending into a folder" "sent" send --period 2026-08
ls reports/*/*/mail.eml >/dev/null

# What the documents show for Windows: the tasks of the Task Scheduler, and the first report (whose --open wants a browser).
mkdir documented && cd documented
cp -r "$samples/azure_account_v2" exports
cp exports/202608-v2.csv .
cp ../owners.csv .
echo 'sender: finops@example.org' >usagereport.yaml
shown=0
while read -ra line; do
	try "a documented command" "" "${line[@]}"
	shown=$((shown + 1))
done < <(sed -n "s/.*-Execute usagereport.exe -Argument '\([^']*\)'.*/\1/p" "$documents/automation.md"
	sed -n '/^## Windows/,$s/^usagereport \(.*\) --open$/\1/p' "$documents/install.md")
[[ $shown == 3 ]] || { echo "windows: $shown commands are documented for Windows, and three were" >&2; exit 1; }
cd ..

# A reader keeps what it has opened while a load publishes.
"$wine" "$exe" query "SELECT sum(hash(BilledCost::VARCHAR || r.range::VARCHAR) % 7), count(DISTINCT x_LoadId) AS n FROM usage, range(60000) r" --format csv >q.csv &
reader=$!
before=$("$wine" "$exe" query --format csv "SELECT count(DISTINCT x_LoadId) FROM usage" | tail -1 | tr -d '\r')
try "a load while somebody reads" "loaded" load "$samples/oci_cost"
wait "$reader"
grep -q ",$before" q.csv || { echo "windows: the reader saw the new load" >&2; cat q.csv >&2; exit 1; }
[[ $("$wine" "$exe" query --format csv "SELECT count(DISTINCT x_LoadId) FROM usage" | tail -1 | tr -d '\r') -gt $before ]] ||
	{ echo "windows: the load is not there" >&2; exit 1; }
if compgen -G 'usage.duckdb.old-*' >/dev/null; then
	echo "windows: the old ledger is left" >&2
	exit 1
fi
# One that was killed between its two renames is put back.
mv usage.duckdb usage.duckdb.old-KILLED
try "a ledger that a killed load left aside" '^2302\.47' query --format csv "SELECT sum(BilledCost) FROM usage WHERE BillingCurrency = 'EUR'"
# A load that is killed leaves the ledger as it was, and the next one goes on.
"$wine" "$exe" load "$samples/azure_ea_detail" >/dev/null 2>&1 &
killed=$!
sleep 1
kill -9 "$killed" 2>/dev/null || true
wait "$killed" 2>/dev/null || true
try "a load after one that was killed" "loaded|unchanged" load "$samples/azure_ea_detail"
echo "windows: $passed tried, 0 failed"
