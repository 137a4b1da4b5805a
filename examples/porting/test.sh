#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# test.sh SERVER LOAD: starts the server with the ini file beside this script, loads it for a
# moment, every byte checked, and ends it as Ctrl-C does. IOCP_ENGINE in the environment is the
# server's.
set -euo pipefail
server=${1:?usage: test.sh SERVER LOAD}
load=${2:?usage: test.sh SERVER LOAD}
here=$(cd "$(dirname "$0")" && pwd)

scratch=$(mktemp -d)
child=
touch "$scratch/out"
trap '[ -z "$child" ] || kill "$child" 2>/dev/null || true; rm -rf "$scratch"' EXIT
# Job control gives the child its own process group and an interrupt signal that is not ignored.
set -m
"$server" "$here/server.ini" >"$scratch/out" &
child=$!
set +m
for _ in $(seq 100); do
    port=$(sed -n 's/^ready //p' "$scratch/out")
    [ -n "$port" ] && break
    sleep 0.1
done
[ -n "$port" ] || { echo "the server does not start"; exit 1; }

"$load" -p "$port" -c 20 -t 2 -n 20k -s 700 -d 2
"$load" -p "$port" -c 4 -t 1 -n 500 -s 60k --idle 10 -q

kill -INT "$child"
status=0
wait "$child" || status=$?
cat "$scratch/out"
[ "$status" -eq 0 ] || { echo "the server ended with $status"; exit 1; }
