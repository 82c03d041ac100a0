#!/usr/bin/env bash
# The main job, shown: a network of three nodes and six pods on this machine, by both carriers.
# usage: demo.sh [OPTION OF "kakehashi lab up"...]     PAUSE=1 waits for Enter after each part.
source "$(dirname "$0")/lib/all.sh"
is_root || die "the demo makes network namespaces: run it as root"
need kernel
use_jdk

LAB=demo
PATH=$ROOT/dist/bin:$PATH
export KAKEHASHI_HOME=$ROOT/dist
FAILED=0

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ]; then
    BOLD=$'\e[1m' FAINT=$'\e[2m' BLUE=$'\e[1;34m' GREEN=$'\e[32m' RED=$'\e[1;31m' END=$'\e[0m'
else
    BOLD='' FAINT='' BLUE='' GREEN='' RED='' END=''
fi

part() { printf '\n%s━━ %s ━━%s\n' "$BLUE" "$*" "$END"; }
text() { printf '%s\n' "$*"; }
good() { printf '%s✓ %s%s\n' "$GREEN" "$*" "$END"; }
bad() {
    printf '%s✗ %s%s\n' "$RED" "$*" "$END"
    FAILED=1
}
pause() { if [ -n "${PAUSE:-}" ]; then read -r -p "${FAINT}Enter goes on${END} "; fi; }

# Shows a command and runs it; what it finds wrong makes the demo fail.
run() {
    printf '\n%s$ %s%s\n' "$BOLD" "$*" "$END"
    "$@" || bad "this failed: $*"
}

# A command in a place of the lab.
in_lab() { kakehashi lab exec --name "$LAB" "$1" -- "${@:2}"; }
run_in() { run kakehashi lab exec --name "$LAB" "$1" -- "${@:2}"; }

first_pod_of() { kakehashi lab status --name "$LAB" | awk -v node="$1" '$1 ~ /^pod/ && $2 == node { print $1; exit }'; }

links() { ip -o link | sed 's/^[0-9]*: //; s/[ @:].*//' | sort; }

# What of the lab is left on the machine, a line each.
left() {
    find /run/netns -maxdepth 1 -name "$LAB-*" 2>/dev/null || true
    find /run/kakehashi-lab -maxdepth 1 -name "$LAB" 2>/dev/null || true
    grep -o "/run/kakehashi-lab/${LAB}[^ ]*" /proc/self/mountinfo || true
    grep -lzs "^KAKEHASHI_LAB=$LAB\$" /proc/[0-9]*/environ || true
    comm -3 <(echo "$links_before") <(links)
}

down() { kakehashi lab down --name "$LAB" >/dev/null 2>&1 || true; }
status=0
trap 'status=$?; [ "$status" -eq 0 ] || printf "%s\n" "cleaning up"; down; exit "$status"' EXIT
trap 'exit 130' INT TERM

down
began=$SECONDS
links_before=$(links)

text "${BOLD}Kakehashi: a container network of three nodes and six pods, on this machine.${END}"
text "Each node is a network and a mount namespace with its own kakehashi-agent. Each pod gets its"
text "address by a real CNI call, as containerd makes it. Nothing touches the machine's own network."

part "1. Up, by carrier vxlan"
run kakehashi lab up --name "$LAB" --nodes 3 --pods-per-node 2 "$@"
near=$(first_pod_of node1)
far=$(first_pod_of node3)
pause

part "2. The way of a packet from $near on node1 to $far on node3, object by object"
run kakehashi lab explain --name "$LAB" "$near" "$far"
text ""
text "And out of the cluster:"
run kakehashi lab explain --name "$LAB" "$near" outside
pause

part "3. The same objects, seen by the tools you know"
run_in node1 ip -details link show flannel.1
run_in node1 ip route
run_in node1 bridge fdb show dev flannel.1
run_in node1 nft list chain inet kakehashi postrouting
pause

part "4. What is lost comes back"
text "The tunnel device of node1 is deleted, with all routes, neighbours and forwarding entries on it."
log=/run/kakehashi-lab/$LAB/nodes/node1/agent.log
lines=$(wc -l <"$log")
# shellcheck disable=SC2016 # the shell in the node expands these
run_in node1 sh -ec 'ip link delete flannel.1; from=$(date +%s%N)
until ip route | grep -q flannel.1; do sleep 0.01; [ $(($(date +%s%N) - from)) -lt 5000000000 ]; done
echo "back, with its routes, after $((($(date +%s%N) - from) / 1000000)) ms"'
sleep 0.2
text "${FAINT}agent of node1:${END}"
tail -n "+$((lines + 1))" "$log"
run kakehashi lab ping --name "$LAB" "$near" "$far"
pause

part "5. The same pods by carrier host-gw: plain routes, no wrapper"
text "One word changes in the Network's file; the agents follow under the running pods."
run kakehashi lab carrier --name "$LAB" host-gw
run_in node1 ip route
run kakehashi lab reach --name "$LAB"
run kakehashi lab explain --name "$LAB" "$near" "$far"
pause

part "6. Down, and the machine is as it was"
run kakehashi lab down --name "$LAB"
rest=$(left)
if [ -z "$rest" ]; then
    good "no namespace, link, mount, process or file of the lab is left"
else
    bad "something is left: $rest"
fi

text ""
if [ "$FAILED" -eq 0 ]; then
    good "all of it worked, in $((SECONDS - began)) s. To play with it yourself: dist/bin/kakehashi lab up"
else
    bad "something did not work: see above"
fi
exit "$FAILED"
