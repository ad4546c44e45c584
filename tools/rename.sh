#!/usr/bin/env bash
# rename.sh HOST/PATH gives the modules another name where it stands: in go.mod files, imports, and the lists of the linter
# and of arrows_test.go. What a file of ours says of its own form (usagereport/report/1) is no import, and stays.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
new=${1:-}
if [[ ! $new =~ ^[a-z0-9-]+(\.[a-z0-9-]+)+(/[A-Za-z0-9._~-]+)+$ ]]; then
	echo "rename: \"$new\" is no name for a module: make rename MODULE=HOST/PATH, as in MODULE=example.org/team/usagereport" >&2
	exit 1
fi
if [[ -n $(git status --porcelain) ]]; then
	echo "rename: not all is committed; commit first, so that the renaming is a commit of its own" >&2
	exit 1
fi
old=$(go list -m)
# Texts in quotes that are a package of ours, and so an import.
packages=$(mktemp)
trap 'rm -f "$packages"' EXIT
for module in . e2e tools; do
	(cd "$module" && go list -e ./... && go mod edit -module "$new$(go list -m | sed "s|^$old||")")
done | while read -r path; do
	printf 's#"%s"#"%s"#g\n' "$path" "$new${path#"$old"}"
done >"$packages"
printf 's#"%s/"#"%s/"#g\n' "$old" "$new" >>"$packages" # what arrows_test.go cuts off
git ls-files -z '*.go' | xargs -0 sed -i -f "$packages"
sed -i "s#(\*$old/#(*$new/#" .golangci.yml
echo "renamed $old to $new: $(git diff --name-only | wc -l) files; make build, then commit"
