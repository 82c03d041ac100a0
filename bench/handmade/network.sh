#!/usr/bin/env bash
# Two nodes with a pod each, joined by a switch, made with ip and nft alone: what the same objects carry when no software
# of ours has touched them. Usage: network.sh up vxlan|host-gw|bgp|ipip|wireguard, network.sh down. The pods are the
# namespaces hand-pod1 (10.243.1.2) and hand-pod2 (10.243.2.2).
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

# loose NUMBER DEVICE: whoever sends by a tunnel's device may be reached by another one.
loose() { ip netns exec "hand-node$1" sysctl -qw "net/ipv4/conf/$2/rp_filter=2"; }

# strangers NUMBER OTHER MATCH [RULE]: overlay packets are taken from the other node alone.
strangers() {
    ip netns exec "hand-node$1" nft -f - <<NFT
table inet hand {
    set nodes { type ipv4_addr; elements = { 198.18.1.1$2 }; }
    set nodes6 { type ipv6_addr; }
    chain overlay {
        type filter hook input priority filter; policy accept;
        $3 ip saddr != @nodes counter drop
        ${4:-}
    }
}
NFT
}

# vxlan, ipip, wireguard, host_gw, bgp NUMBER OTHER: a node's way to the other one's pods.
vxlan() {
    local n=$1 other=$2 node=hand-node$1
    ip -n "$node" link add flannel.1 address "02:bb:00:00:00:0$n" mtu 1450 type vxlan id 1 local "198.18.1.1$n" \
        dev eth0 dstport 8472 nolearning
    loose "$n" flannel.1
    ip -n "$node" address add "10.243.$n.0/32" dev flannel.1
    ip -n "$node" link set flannel.1 up
    ip -n "$node" neighbour add "10.243.$other.0" lladdr "02:bb:00:00:00:0$other" dev flannel.1 nud permanent
    bridge -n "$node" fdb add "02:bb:00:00:00:0$other" dev flannel.1 dst "198.18.1.1$other" self permanent
    ip -n "$node" route add "10.243.$other.0/24" via "10.243.$other.0" dev flannel.1 onlink
    strangers "$n" "$other" "udp dport 8472 @th,96,24 0x000001"
}

ipip() {
    local n=$1 other=$2 node=hand-node$1
    ip -n "$node" link add kakehashi-ipip mtu 1480 type ipip local "198.18.1.1$n"
    loose "$n" kakehashi-ipip
    ip -n "$node" address add "10.243.$n.0/32" dev kakehashi-ipip
    ip -n "$node" link set kakehashi-ipip up
    ip -n "$node" route add "10.243.$other.0/24" via "198.18.1.1$other" dev kakehashi-ipip onlink
    strangers "$n" "$other" "meta l4proto 4"
}

# key NUMBER: a node's private key, which guards nothing.
key() { printf '%032d' "$1" | base64; }

wireguard() {
    local n=$1 other=$2 node=hand-node$1
    ip -n "$node" link add kakehashi-wg mtu 1440 type wireguard
    loose "$n" kakehashi-wg
    key "$n" | ip netns exec "$node" wg set kakehashi-wg listen-port 51821 private-key /proc/self/fd/0 \
        peer "$(key "$other" | wg pubkey)" endpoint "198.18.1.1$other:51821" \
        allowed-ips "10.243.$other.0/24" persistent-keepalive 25
    ip -n "$node" address add "10.243.$n.0/32" dev kakehashi-wg
    ip -n "$node" link set kakehashi-wg up
    ip -n "$node" route add "10.243.$other.0/24" dev kakehashi-wg scope link
    strangers "$n" "$other" "udp dport 51821" "udp dport 51821 ip6 saddr != @nodes6 counter drop"
}

host_gw() { ip -n "hand-node$1" route add "10.243.$2.0/24" via "198.18.1.1$2" dev eth0; }

# Routes as BIRD makes them, and the one that takes what no pod of the node has.
bgp() {
    ip -n "hand-node$1" route add blackhole "10.243.$1.0/24" metric 4096
    ip -n "hand-node$1" route add "10.243.$2.0/24" via "198.18.1.1$2" dev eth0 proto bird metric 75
}

up() {
    local mtu way=$1
    case $1 in
    vxlan) mtu=1450 ;;
    ipip) mtu=1480 ;;
    wireguard) mtu=1440 ;;
    host-gw) mtu=1500 way=host_gw ;;
    bgp) mtu=1500 ;;
    *)
        echo "no such network: $1" >&2
        exit 64
        ;;
    esac
    switch
    node 1 $mtu
    node 2 $mtu
    "$way" 1 2
    "$way" 2 1
}

down() {
    local name
    for name in underlay node1 node2 pod1 pod2; do
        if [ -e "/run/netns/hand-$name" ]; then ip netns del "hand-$name"; fi
    done
}

case ${1:-} in
up) up "${2:?a carrier}" ;;
down) down ;;
*) echo "usage: network.sh up vxlan|host-gw|bgp|ipip|wireguard; network.sh down" >&2 && exit 64 ;;
esac
