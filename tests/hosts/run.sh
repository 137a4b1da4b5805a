#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Two hosts in network namespaces of their own, and a third namespace with the cable between them.
# usage: run.sh DIRECTORY       (where near, far and cable are)
# The environment's IOCP_ENGINE is near's engine. Needs root; without it, or without namespaces or
# virtual interfaces, it is skipped (77).
set -euo pipefail
programs=$(cd "${1:?usage: run.sh DIRECTORY}" && pwd)

skip() {
    echo "skipped: $1"
    exit 77
}

[ "$(id -u)" -eq 0 ] || skip "two hosts need root and CAP_NET_ADMIN"
command -v ip >/dev/null || skip "two hosts need iproute2"

name=iocp$$
scratch=$(mktemp -d)
children=()
clean_up() {
    for child in "${children[@]}"; do
        kill "$child" 2>/dev/null || true
    done
    wait 2>/dev/null || true
    for space in near far cable; do
        ip netns del "$name$space" 2>/dev/null || true
    done
    rm -rf "$scratch"
}
trap clean_up EXIT

for space in near far cable; do
    ip netns add "$name$space" 2>"$scratch/error" ||
        skip "two hosts need network namespaces: $(cat "$scratch/error")"
    ip -n "$name$space" link set lo up
done
for space in near far; do
    ip link add "c-$space" netns "${name}cable" type veth peer name eth0 netns "$name$space" \
        2>"$scratch/error" || skip "two hosts need veth: $(cat "$scratch/error")"
    ip -n "${name}cable" link set "c-$space" up
    ip -n "$name$space" link set eth0 up
done
ip -n "${name}near" addr add 192.0.2.1/24 dev eth0
ip -n "${name}far" addr add 192.0.2.2/24 dev eth0

# IPv6's own traffic is of no interest, and waits are short: give up after three repetitions.
for space in near far; do
    ip netns exec "$name$space" sh -c '
        echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 2>/dev/null || true
        echo 3 >/proc/sys/net/ipv4/tcp_retries2
        echo 1 >/proc/sys/net/ipv4/tcp_syn_retries'
done
# A neighbour that is known for good makes a pulled cable a pure timeout; the other way the kernel
# may find out, and say, that the host cannot be reached.
if [ "${HOSTS_NEIGHBOURS:-known}" = known ]; then
    for pair in near:far:192.0.2.2 far:near:192.0.2.1; do
        IFS=: read -r here there address <<<"$pair"
        hardware=$(ip netns exec "$name$there" cat /sys/class/net/eth0/address)
        ip -n "$name$here" neigh replace "$address" lladdr "$hardware" dev eth0 nud permanent
    done
fi

mkfifo "$scratch/control" "$scratch/said"
start() {
    local space=$1
    shift
    ip netns exec "$name$space" "$@" >"$scratch/said" 2>&1 &
    children+=($!)
    local line=""
    read -r line <"$scratch/said" || true
    [ "$line" = ready ] || skip "$1 does not start: $line"
}
start cable "$programs/cable" c-near c-far "$scratch/control"
start far "$programs/far"

ip netns exec "${name}near" "$programs/near" 192.0.2.2 192.0.2.99 "$scratch/control"
