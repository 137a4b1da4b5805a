#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# demo.sh: an IOCP echo server under the classic load, 50 client threads with 100 connections and a
# million requests each of 64, 128, 256 and 512 bytes. Ends with a table, a picture of the latency
# distribution and what iocptop saw of the server's completion port.
#
#   IOCP_ENGINE    epoll, uring or auto (default auto)
#   DEMO_REQUESTS  requests of each size (default 1000000)
set -euo pipefail
cd "$(dirname "$0")/.."
export IOCP_ENGINE=${IOCP_ENGINE:-auto}
requests=${DEMO_REQUESTS:-1000000}
sizes=(64 128 256 512)
out=out/demo
server_log=$out/server.log
server=

stop_server() {
    [ -n "$server" ] || return 0
    kill -INT "$server" 2>/dev/null || true
    for _ in $(seq 100); do
        if ! kill -0 "$server" 2>/dev/null; then
            local status=0
            wait "$server" || status=$?
            server=
            return "$status"
        fi
        sleep 0.1
    done
    echo "The server did not end within 10 seconds of SIGINT; killed." >&2
    kill -KILL "$server" 2>/dev/null || true
    server=
    return 1
}
trap 'stop_server || true' EXIT
trap 'exit 130' INT TERM

start_server() {
    export IOCP_STATS=1
    # A background job of a script ignores SIGINT; the server is to end by it.
    env --default-signal=INT build/release/examples/echo_accept_loop --port 0 >"$server_log" 2>&1 &
    server=$!
    for _ in $(seq 100); do
        port=$(sed -n 's/^ready \([0-9]*\).*/\1/p' "$server_log" 2>/dev/null)
        [ -z "$port" ] || return 0
        kill -0 "$server" 2>/dev/null || break
        sleep 0.1
    done
    echo "The echo server did not start:" >&2
    cat "$server_log" >&2
    return 1
}

# Asks the server for the state of its port and waits for the answer.
port_state() {
    local before
    before=$(grep -c '^port:' "$server_log" || true)
    kill -USR1 "$server"
    for _ in $(seq 50); do
        if [ "$(grep -c '^port:' "$server_log" || true)" -gt "$before" ]; then
            grep '^port:' "$server_log" | tail -n 1
            return 0
        fi
        sleep 0.02
    done
    echo "port: no answer"
}

scripts/build.sh release
mkdir -p "$out"
rm -f "$out"/*
start_server
echo
echo "Echo server on port $port: examples/echo_accept_loop, process $server, engine $IOCP_ENGINE"

reports=()
loaded=$out/loaded.txt
for size in "${sizes[@]}"; do
    report=$out/$size.json
    reports+=("$report")
    (sleep 0.5 && build/release/tools/iocptop/iocptop --once --interval 0.3 "$server" \
        >"$loaded" 2>&1) &
    asking=$!
    echo "$requests requests of $size bytes, 50 threads, 100 connections"
    build/release/tools/iocp-load/iocp-load -p "$port" -t 50 -c 100 -n "$requests" -s "$size" \
        --pid "$server" --label "$size bytes" --json "$report" --progress --quiet
    wait "$asking" || true
done
state=$(port_state)

build/release/tools/iocp-load/iocp-load --chart "$out/latency.svg" "${reports[@]}"
echo
python3 scripts/demo_report.py "${reports[@]}"
echo
echo "What iocptop showed under load (IOCP_STATS=1; docs/iocptop.md):"
sed 's/^/    /' "$loaded"
echo
echo "The port afterwards:  $state"
stop_server
grep '^served' "$server_log" || true
echo "Latency distribution: $out/latency.svg"
