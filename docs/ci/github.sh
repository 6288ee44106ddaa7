#!/usr/bin/env bash
# The two steps of action.yml. Inputs come as environment variables and are never evaluated.
# install: unpack ARCHIVE (checked against ARCHIVE_SHA256), else build in SOURCE; lint: run presend and write what GitHub shows.
set -euo pipefail
folder=${RUNNER_TEMP:?}/presend

install() {
	mkdir -p "$folder"
	if [ -n "${ARCHIVE:-}" ]; then
		[ -z "${ARCHIVE_SHA256:-}" ] || printf '%s  %s\n' "$ARCHIVE_SHA256" "$ARCHIVE" | sha256sum --check --strict -
		tar -xzf "$ARCHIVE" -C "$folder" --strip-components=1
	else
		make -C "${SOURCE:?}" deps
		make -C "$SOURCE" -j"$(nproc)" all
		cp "$SOURCE/build/presend" "$folder/presend"
	fi
	"$folder/presend" --version
}

lint() {
	local arguments=() paths=() line code=0 text
	while IFS= read -r line; do
		[ -z "$line" ] || arguments+=("$line")
	done <<<"${PRESEND_ARGUMENTS:-}"
	while IFS= read -r line; do
		[ -z "$line" ] || paths+=("$line")
	done <<<"${PRESEND_PATHS:-}"
	[ -z "${PRESEND_SARIF:-}" ] || arguments+=(--format "sarif=$PRESEND_SARIF")
	text=$folder/summary.md
	[ "${PRESEND_SUMMARY:-true}" != true ] || arguments+=(--format "markdown=$text")
	[ "${PRESEND_ANNOTATIONS:-true}" != true ] || arguments+=(--format github)
	"$folder/presend" "${arguments[@]}" -- "${paths[@]}" || code=$?
	[ ! -s "$text" ] || cat "$text" >>"${GITHUB_STEP_SUMMARY:?}"
	{
		printf 'exit-code=%d\n' "$code"
		printf 'sarif-file=%s\n' "$(tr -d '\r\n' <<<"${PRESEND_SARIF:-}")"
	} >>"${GITHUB_OUTPUT:?}"
	return "$code"
}

case ${1:-} in
install | lint) "$1" ;;
*)
	echo 'usage: github.sh install|lint' >&2
	exit 2
	;;
esac
