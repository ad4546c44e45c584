#!/usr/bin/env bash
# The steps of the GitHub action (action.yml): install, find, comment. All that a workflow
# gives comes in the environment, and none of it is read as a command.
set -euo pipefail

text=${RUNNER_TEMP:?}/usagereport-findings.md
mark='<!-- usagereport -->'

# install unpacks the release's archive for this machine, held to its checksum.
install() {
	local system machine at
	case ${RUNNER_OS:?} in
	Linux) system=linux ;;
	macOS) system=darwin ;;
	*)
		echo "::error::usagereport's action runs on Linux and macOS; this is $RUNNER_OS"
		exit 1
		;;
	esac
	machine=amd64
	[[ ${RUNNER_ARCH:?} != ARM64 ]] || machine=arm64
	at=$RUNNER_TEMP/usagereport
	mkdir -p "$at"
	gh release download "${VERSION:?}" --repo "${REPOSITORY:?}" --dir "$at" --clobber \
		--pattern "usagereport_*_${system}_$machine.tar.gz" --pattern checksums.txt
	(cd "$at" && grep " usagereport_.*_${system}_$machine.tar.gz\$" checksums.txt | shasum -a 256 --check -)
	tar -xzf "$at"/usagereport_*_"${system}_$machine".tar.gz -C "$at" --strip-components=1
	echo "$at" >>"${GITHUB_PATH:?}"
}

# find loads what is to be loaded, and writes what is unusual into the job's summary.
find_unusual() {
	local sources arguments code=0
	read -ra sources <<<"${SOURCES//$'\n'/ }"
	read -ra arguments <<<"${ARGUMENTS//$'\n'/ }"
	[[ ${#sources[@]} -eq 0 ]] || usagereport load --quiet -- "${sources[@]}"
	[[ -z $FAIL_ON ]] || arguments+=(--fail-on "$FAIL_ON")
	{
		printf '%s\n### Unusual cost\n\n' "$mark"
		usagereport anomalies --format markdown ${arguments[@]+"${arguments[@]}"} || code=$?
	} >"$text"
	case $code in
	0) echo "stands=false" >>"${GITHUB_OUTPUT:?}" ;;
	3) echo "stands=true" >>"${GITHUB_OUTPUT:?}" ;;
	*) exit "$code" ;;
	esac
	cat "$text" >>"${GITHUB_STEP_SUMMARY:?}"
}

# comment writes that on the pull request: into the comment of an earlier run, where there is one.
comment() {
	local comments="repos/${GITHUB_REPOSITORY:?}/issues/${PULL_REQUEST:?}/comments" id body=$RUNNER_TEMP/usagereport-body.md
	sed -i.bak $'s/@/@\xe2\x81\xa0/g' "$text" # names from the data mention nobody
	if [[ $(wc -c <"$text") -gt 60000 ]]; then # of 65,536 characters
		{ head -c 60000 "$text" | iconv -c -f UTF-8 -t UTF-8 | sed '$d'; printf '\nThe summary of the job has the rest.\n'; } >"$body"
	else
		cp "$text" "$body"
	fi
	id=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
	if [[ -n $id ]]; then
		gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" --field "body=@$body"
	else
		gh api --silent --method POST "$comments" --field "body=@$body"
	fi
}

case ${1:-} in
install) install ;;
find) find_unusual ;;
comment) comment ;;
*)
	echo "say install, find or comment" >&2
	exit 2
	;;
esac
