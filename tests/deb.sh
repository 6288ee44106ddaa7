#!/usr/bin/env bash
# The Debian package. --write builds it into $B/deb from what git knows of the working folder; without it, a test: the package is built twice and is
# the same, lintian has nothing to say, the programs are hardened and work from where they are installed, and removing leaves nothing.
# Exit 77 where the tools are missing (make deps-deb). Environment: B the build folder; DEB_BUILD_OPTIONS as dpkg-buildpackage takes it.
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
version=$(sed -n 's/^VERSION := //p' Makefile)

# build FOLDER: source tree, orig archive and packages in it.
build() {
	local folder=$1 tree=$1/presend-$version
	rm -rf "$folder" && mkdir -p "$tree" || return 1
	git ls-files -z | tar --null -T - -cf - | tar -xf - -C "$tree" || return 1
	export SOURCE_DATE_EPOCH
	SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l docs/debian/changelog -S Timestamp)
	tar -C "$folder" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" -cf - "presend-$version" | gzip -9n >"$folder/presend_$version.orig.tar.gz" || return 1
	cp -r "$tree/docs/debian" "$tree/debian" || return 1
	(cd "$tree" && dpkg-buildpackage --no-sign --build=full) >"$folder/log" 2>&1 || { tail -n 40 "$folder/log"; return 1; }
}

if [ "${1:-}" = --write ]; then
	build "$B/deb" || exit 1
	rm -rf "$B/deb/presend-$version"
	ls -l "$B"/deb/*.deb
	exit
fi

for tool in dpkg-buildpackage lintian dh hardening-check; do
	command -v "$tool" >/dev/null || { echo "deb: $tool is missing; make deps-deb installs it"; exit 77; }
done
fail() {
	echo "deb: FAILED: $*"
	exit 1
}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# The tests themselves have run by now; they would take longer than the package.
export DEB_BUILD_OPTIONS=${DEB_BUILD_OPTIONS:-nocheck parallel=2}
build "$scratch/one" && build "$scratch/another" || exit 1
for package in "$scratch"/one/*.deb; do
	cmp "$package" "$scratch/another/${package##*/}" || fail 'a second build gives another package'
done
lintian --fail-on error,warning --info "$scratch"/one/*.changes >"$scratch/lintian" 2>&1 || { cat "$scratch/lintian"; fail lintian; }

root=$scratch/root
mkdir -p "$root/var/lib/dpkg/updates" "$root/var/lib/dpkg/info" && : >"$root/var/lib/dpkg/status"
(cd "$root" && find . -type f | sort) >"$scratch/before"
install() {
	dpkg --root="$root" --force-depends --force-not-root --force-script-chrootless --no-triggers --log=/dev/null "$@" >"$scratch/dpkg" 2>&1 || { cat "$scratch/dpkg"; fail "dpkg $1"; }
}
install --install "$scratch"/one/presend_*.deb
for program in usr/bin/presend usr/libexec/presend/presend-preflight; do
	hardening-check --nocfprotection "$root/$program" >"$scratch/hardening" || { cat "$scratch/hardening"; fail "$program is not hardened"; }
done
"$root/usr/bin/presend" --isolated --now 2026-11-24T00:00:30Z --format json corpus/bad/founding-story.eml >"$scratch/report"
[ $? -eq 1 ] && grep -q '"rule":"header-duplicate"' "$scratch/report" || fail 'the program does not find what is wrong'
AUTOPKGTEST_TMP=$scratch PATH=$root/usr/bin:$PATH sh docs/debian/tests/lint >"$scratch/log" 2>&1 || { cat "$scratch/log"; fail 'the test of the package'; }
for file in share/man/man1/presend.1.gz share/man/ja/man1/presend.1.gz share/bash-completion/completions/presend share/zsh/vendor-completions/_presend \
	share/fish/vendor_completions.d/presend.fish share/doc/presend/copyright share/doc/presend/docs/formats.md; do
	[ -f "$root/usr/$file" ] || fail "the package lacks /usr/$file"
done
install --purge presend
(cd "$root" && find . -type f ! -path './var/lib/dpkg/*' | sort) >"$scratch/after"
[ ! -s "$scratch/after" ] || { cat "$scratch/after"; fail 'something is left behind'; }
echo "deb: $(dpkg-deb -f "$scratch"/one/presend_*.deb Package Version | tr '\n' ' ')$(stat -c %s "$scratch"/one/presend_*.deb) bytes, built twice alike; lintian has nothing to say"
