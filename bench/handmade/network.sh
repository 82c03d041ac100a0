#!/usr/bin/env bash
# Two nodes with a pod each, joined by a switch, made with ip and nft alone: what the same objects carry when no software
# of ours has touched them. Usage: network.sh up vxlan|host-gw, network.sh down. The pods are the namespaces hand-pod1
# (10.243.1.2) and hand-pod2 (10.243.2.2).
set -euo pipefail

PODS=10.243.0.0/16

switch() {
    ip netns add hand-underlay
    ip -n hand-underlay link add segment1 type bridge
    ip -n hand-underlay address add 198.18.1.1/24 dev segment1
    ip -n hand-underlay link set segment1 up
}

# node NUMBER MTU: the node's port on the switch, its bridge, and its pod.
node() {
    local n=$1 mtu=$2 node=hand-node$1 pod=hand-pod$1
    ip netns add "$node"
    ip netns add "$pod"
    ip -n "$node" link set lo up
    ip -n "$pod" link set lo up
    ip link add eth0 netns "$node" type veth peer name "node$n" netns hand-underlay
    ip -n hand-underlay link set "node$n" master segment1 up
    ip -n "$node" link set eth0 up
    ip -n "$node" address add "198.18.1.1$n/24" dev eth0
    ip -n "$node" route add default via 198.18.1.1
    ip netns exec "$node" sysctl -qw net.ipv4.ip_forward=1

    ip -n "$node" link add cni0 mtu "$mtu" type bridge
    ip -n "$node" address add "10.243.$n.1/24" dev cni0
    ip -n "$node" link set cni0 up
    ip link add eth0 netns "$pod" mtu "$mtu" type veth peer name pod netns "$node"
    ip -n "$node" link set pod mtu "$mtu" master cni0 up
    ip -n "$node" link set pod type bridge_slave hairpin on
    ip -n "$pod" link set eth0 up
    ip -n "$pod" address add "10.243.$n.2/24" dev eth0
    ip -n "$pod" route add default via "10.243.$n.1"
    rules "$n" "$node"
}

rules() {
    ip netns exec "$2" nft -f - <<NFT
table inet hand {
    chain forward {
        type filter hook forward priority filter; policy accept;
        tcp flags syn / syn,rst jump mss
        ip saddr $PODS accept
        ip daddr $PODS accept
    }
    chain mss {
        ip saddr $PODS tcp flags syn / syn,rst tcp option maxseg size set rt mtu
        ip daddr $PODS tcp flags syn / syn,rst tcp option maxseg size set rt mtu
    }
    chain postrouting {
        type nat hook postrouting priority srcnat; policy accept;
        meta mark & 0x00004000 == 0x00004000 return
        ip saddr $PODS ip daddr $PODS return
        ip daddr 10.243.$1.0/24 return
        ip saddr $PODS ip daddr != 224.0.0.0/4 masquerade fully-random
        ip saddr != $PODS ip daddr $PODS masquerade fully-random
    }
}
NFT
}

# overlay NUMBER OTHER
overlay() {
    local n=$1 other=$2 node=hand-node$1
    ip -n "$node" link add flannel.1 address "02:bb:00:00:00:0$n" mtu 1450 type vxlan id 1 local "198.18.1.1$n" \
        dev eth0 dstport 8472 nolearning
    ip -n "$node" address add "10.243.$n.0/32" dev flannel.1
    ip -n "$node" link set flannel.1 up
    ip -n "$node" neighbour add "10.243.$other.0" lladdr "02:bb:00:00:00:0$other" dev flannel.1 nud permanent
    bridge -n "$node" fdb add "02:bb:00:00:00:0$other" dev flannel.1 dst "198.18.1.1$other" self permanent
    ip -n "$node" route add "10.243.$other.0/24" via "10.243.$other.0" dev flannel.1 onlink
    ip netns exec "$node" nft -f - <<NFT
table inet hand {
    set nodes { type ipv4_addr; elements = { 198.18.1.1$other }; }
    chain overlay {
        type filter hook input priority filter; policy accept;
        udp dport 8472 @th,96,24 0x000001 ip saddr != @nodes counter drop
    }
}
NFT
}

up() {
    local mtu=1500
    [ "$1" = vxlan ] && mtu=1450
    switch
    node 1 $mtu
    node 2 $mtu
    case $1 in
    vxlan)
        overlay 1 2
        overlay 2 1
        ;;
    host-gw)
        ip -n hand-node1 route add 10.243.2.0/24 via 198.18.1.12 dev eth0
        ip -n hand-node2 route add 10.243.1.0/24 via 198.18.1.11 dev eth0
        ;;
    *)
        echo "no such network: $1" >&2
        exit 64
        ;;
    esac
}

down() {
    local name
    for name in underlay node1 node2 pod1 pod2; do
        if [ -e "/run/netns/hand-$name" ]; then ip netns del "hand-$name"; fi
    done
}

case ${1:-} in
up) up "${2:?vxlan or host-gw}" ;;
down) down ;;
*) echo "usage: network.sh up vxlan|host-gw; network.sh down" >&2 && exit 64 ;;
esac
