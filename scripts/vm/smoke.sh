#!/usr/bin/env bash
# Run inside the virtual machine: are the features there for which it exists, and does Java run? A line for each; exit
# status 1 if one is missing.
set -uo pipefail
status=0

attempt() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        echo "ok      $name"
    else
        echo "MISSING $name: ${output##*$'\n'}"
        status=1
    fi
}

in_namespace() {
    ip netns add smoke && "$@"
    local result=$?
    ip netns delete smoke
    return "$result"
}

link() { ip -n smoke link add name x "$@"; }
on_dummy() { ip -n smoke link add name lower type dummy && link link lower "$@"; }

attempt "java" "$JAVA_HOME/bin/java" -version
for kind in dummy ifb bridge vrf wireguard geneve ipip vxlan bond; do
    case $kind in
    vrf) attempt $kind in_namespace link type vrf table 100 ;;
    geneve) attempt $kind in_namespace link type geneve id 7 remote 192.0.2.1 ;;
    vxlan) attempt $kind in_namespace link type vxlan id 7 dstport 8472 ;;
    ipip) attempt $kind in_namespace link type ipip remote 192.0.2.1 local 192.0.2.2 ;;
    *) attempt $kind in_namespace link type $kind ;;
    esac
done
attempt "vlan" in_namespace on_dummy type vlan id 7
attempt "macvlan" in_namespace on_dummy type macvlan mode bridge
attempt "ipvlan" in_namespace on_dummy type ipvlan mode l3
attempt "bridge VLAN filtering" in_namespace link type bridge vlan_filtering 1
attempt "nftables" nft add table inet smoke
# Who enters a mount namespace sees the root of its mounts, which has to be the machine's.
attempt "root of the mounts" nsenter --mount=/proc/self/ns/mnt test -e "$0"
exit $status
