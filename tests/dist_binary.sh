#!/usr/bin/env bash
# The archive with static binaries. --write makes it in the build folder; without it, a test: the archive is made, unpacked, and run in a
# root that holds glibc and nothing else. Exit 77 where the static libraries are missing (make deps-static).
# Environment: B the build folder, ARCHIVE the name of the archive.
set -u
cd "$(dirname "$0")/.." || exit 2
B=${B:-build}
name=${ARCHIVE:-presend-$(sed -n 's/^VERSION := //p' Makefile)-linux-$(uname -m)}

# The copyright files of the packages whose libraries are linked in. /usr is merged: dpkg knows some files below /lib.
licences() {
	local library file package
	for library in $(sed -n '/^STATIC_LIBS :=/,/[^\\]$/p; /^STATIC_PREFLIGHT_LIBS :=/p' Makefile | grep -o -- '-l[a-z0-9.+-]*' | sed 's/^-l//'); do
		file=$(gcc -print-file-name="lib$library.a")
		[ -f "$file" ] || { echo "dist-binary: no lib$library.a; make deps-static installs it" >&2; return 1; }
		file=$(realpath "$file")
		package=$( (dpkg -S "$file" || dpkg -S "${file#/usr}") 2>/dev/null | head -n 1 | cut -d: -f1)
		[ -n "$package" ] && [ -f "/usr/share/doc/$package/copyright" ] || { echo "dist-binary: whose is $file?" >&2; return 1; }
		cp "/usr/share/doc/$package/copyright" "$1/$package.txt" || return 1
	done
	# Headers only, compiled in.
	cp /usr/share/doc/libtomlplusplus-dev/copyright "$1/libtomlplusplus-dev.txt"
}

write() {
	local root=$B/$name
	rm -rf "$root" "$B/$name.tar.gz"
	mkdir -p "$root/LICENSES" "$root/man/man1" "$root/man/ja/man1" || return 1
	strip -o "$root/presend" "$B/presend-static" && strip -o "$root/presend-preflight" "$B/presend-preflight-static" || return 1
	cp LICENSE README.md README.ja.md CHANGELOG.md "$root" && cp LICENSES/* "$root/LICENSES" || return 1
	cp docs/presend.1 "$root/man/man1/presend.1" && cp docs/presend.ja.1 "$root/man/ja/man1/presend.1" || return 1
	licences "$root/LICENSES" || return 1
	# The same input gives the same archive.
	tar -C "$B" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -cf - "$name" | gzip -9n >"$B/$name.tar.gz" || return 1
	(cd "$B" && sha256sum "$name.tar.gz" >"$name.tar.gz.sha256")
	rm -rf "$root"
	echo "dist-binary: $B/$name.tar.gz, $(stat -c %s "$B/$name.tar.gz") bytes"
}

if [ "${1:-}" = --write ]; then
	write
	exit
fi

for library in gpgme unistring assuan; do
	[ -f "$(gcc -print-file-name="lib$library.a")" ] || { echo "dist-binary: lib$library.a is missing; make deps-static installs it"; exit 77; }
done
make --no-print-directory -s -j2 B="$B" "$B/presend-static" "$B/presend-preflight-static" "$B/presend" && write >/dev/null || exit 1
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
fail() {
	echo "dist-binary: FAILED: $*"
	exit 1
}
tar -C "$scratch" -xzf "$B/$name.tar.gz" || fail 'the archive does not unpack'
(cd "$B" && sha256sum --status -c "$name.tar.gz.sha256") || fail 'the checksum'
program=$scratch/$name/presend
needed=$(objdump -p "$program" | sed -n 's/^ *NEEDED *//p' | grep -vE '^(libc|libm|ld-linux.*)\.so' | tr '\n' ' ')
[ -z "$needed" ] || fail "needs more than glibc: $needed"
needed=$(objdump -p "$program-preflight" | sed -n 's/^ *NEEDED *//p' | grep -vE '^(libc|libm|libresolv|ld-linux.*)\.so' | tr '\n' ' ')
[ -z "$needed" ] || fail "presend-preflight needs more than glibc: $needed"
# A root with the dynamic loader, libc and libm, the drafts and nothing else.
root=$scratch/root
mkdir -p "$root/bin" "$root/tmp"
cp "$program" "$program-preflight" "$root/bin"
cp -r corpus tests/preflight "$root"
while read -r library; do
	mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"
done < <({ ldd "$program"; ldd "$program-preflight"; } | grep -o '/[^ ]*')
change_root=$(command -v chroot || echo /usr/sbin/chroot)
into=("$change_root" "$root")
[ "$(id -u)" -eq 0 ] || into=("$(command -v unshare)" -r "$change_root" "$root")
"${into[@]}" /bin/presend --version >/dev/null 2>&1 || { echo 'dist-binary: no chroot here, run in an empty environment only'; into=(env -i -C "$root"); }
run() {
	if [ "${into[0]}" = env ]; then env -i -C "$root" "$root/bin/presend" "$@"; else env -i "${into[@]}" /bin/presend "$@"; fi
}
for format in json sarif junit markdown; do
	run --now 2026-11-24T00:00:30Z --lang ja --format $format corpus >"$scratch/alone" 2>"$scratch/errors"
	[ $? -eq 1 ] && [ ! -s "$scratch/errors" ] || fail "$format: $(head -n 3 "$scratch/errors")"
	"$B/presend" --now 2026-11-24T00:00:30Z --lang ja --format $format corpus >"$scratch/here"
	cmp -s "$scratch/alone" "$scratch/here" || fail "$format is another than that of $B/presend"
done
# The other program is found beside this one.
run preflight --now 2026-11-24T00:00:30Z --lang ja --dns preflight/good.json --ip 192.0.2.25 --selector s1 hanami.example >"$scratch/alone" 2>"$scratch/errors"
[ $? -eq 0 ] && [ ! -s "$scratch/errors" ] || fail "preflight: $(head -n 3 "$scratch/errors")"
grep -q 's1._domainkey.hanami.example は有効です' "$scratch/alone" || fail "preflight: $(head -n 5 "$scratch/alone")"
glibc=$(objdump -T "$program" | grep -o 'GLIBC_[0-9.]*' | sort -Vu | tail -n 1)
echo "dist-binary: runs with $glibc and nothing else; $(stat -c %s "$B/$name.tar.gz") bytes packed, $(stat -c %s "$program") unpacked"
