#!/usr/bin/env bash
# presend preflight against live servers on loopback: a Python one that misbehaves (tests/preflight/server.py), and, where it is installed, an nsd with the
# zones of tests/preflight/zones/. The cases are in tests/preflight/live.py. Environment: B the build folder, PRESEND the program, SLACK seconds that a run
# may be late (under valgrind).
set -u
cd "$(dirname "$0")/.." || exit 1
presend=${PRESEND:-${B:-build}/presend}
PATH=$PATH:/usr/sbin
scratch=$(mktemp -d)
nsd=
trap '[ -z "$nsd" ] || { kill "$nsd"; wait "$nsd"; } 2>/dev/null; rm -rf "$scratch"' EXIT

# A port that nobody has, on both loopback addresses; says whether there is IPv6, too.
free_port() {
	python3 - <<'PY'
import socket
def bound(port, address, family):
    with socket.socket(family, socket.SOCK_DGRAM) as udp, socket.socket(family, socket.SOCK_STREAM) as tcp:
        udp.bind((address, port))
        tcp.bind((address, udp.getsockname()[1]))
        return udp.getsockname()[1]
while True:
    try:
        port = bound(0, '127.0.0.1', socket.AF_INET)
        try:
            bound(port, '::1', socket.AF_INET6)
            print(port, 6)
        except OSError as error:
            if error.errno == 98: # in use
                continue
            print(port, 4)
        break
    except OSError:
        continue
PY
}

start_nsd() {
	local port family zone name
	read -r port family < <(free_port)
	{
		printf 'server:\n\tip-address: 127.0.0.1@%s\n' "$port"
		[ "$family" = 4 ] || printf '\tip-address: ::1@%s\n' "$port"
		printf '\tserver-count: 1\n\tusername: ""\n\tchroot: ""\n\tzonesdir: "%s"\n\tdatabase: ""\n\trrl-ratelimit: 0\n' "$PWD/tests/preflight/zones"
		printf '\tpidfile: "%s/nsd.pid"\n\txfrdfile: "%s/xfrd"\n\tzonelistfile: "%s/zones"\n\txfrdir: "%s"\n' "$scratch" "$scratch" "$scratch" "$scratch"
		printf 'remote-control:\n\tcontrol-enable: no\n'
		for zone in example:example hanami.example:hanami 2.0.192.in-addr.arpa:reverse4 8.b.d.0.1.0.0.2.ip6.arpa:reverse6; do
			printf 'zone:\n\tname: %s\n\tzonefile: %s.zone\n' "${zone%:*}" "${zone#*:}"
		done
	} >"$scratch/nsd.conf"
	nsd -d -c "$scratch/nsd.conf" >"$scratch/nsd.log" 2>&1 &
	nsd=$!
	ports=("$port")
	[ "$family" = 4 ] || ports+=("$port")
}

ports=()
if command -v nsd >/dev/null; then
	start_nsd
fi
python3 tests/preflight/live.py "$presend" "${ports[@]}"
code=$?
[ $code -eq 0 ] || cat "$scratch/nsd.log" 2>/dev/null
exit $code
