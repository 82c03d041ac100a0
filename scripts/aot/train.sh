#!/usr/bin/env bash
# Trains the ahead-of-time caches: train.sh HASH, with DIST set, inside network and mount namespaces of its own
# (scripts/dist/30-aot.sh). What it makes ends with those.
set -euo pipefail
hash=$1

# An empty /run has the socket, the locks and the journal; the address files go there too.
mount -t tmpfs none /run
mkdir -p /run/netns /run/aot
export KAKEHASHI_STATE=/run/aot/state KAKEHASHI_SOCKET=/run/kakehashi/agent.sock
ip_up() { [ ! -x /sbin/ip ] || /sbin/ip link set lo up; }
ip_up

conf_ipam='"ipam":{"type":"host-local","dataDir":"/run/aot/networks","ranges":[[{"subnet":"10.93.0.0/24"}]],"routes":[{"dst":"0.0.0.0/0"}]}'
conf_bridge='{"cniVersion":"1.0.0","name":"train","type":"bridge","bridge":"train0","isGateway":true,"ipMasq":true,"ipMasqBackend":"nftables",'$conf_ipam
conf_ptp='{"cniVersion":"1.0.0","name":"train","type":"ptp",'$conf_ipam
# Found by the plugin's name.
# shellcheck disable=SC2034
{
    conf_portmap='{"cniVersion":"1.0.0","name":"train","type":"portmap","backend":"nftables","runtimeConfig":{"portMappings":[{"hostPort":20080,"containerPort":80,"protocol":"tcp"},{"hostPort":20053,"containerPort":53,"protocol":"udp"}]}'
    conf_firewall='{"cniVersion":"1.0.0","name":"train","type":"firewall","backend":"nftables"'
    conf_bandwidth='{"cniVersion":"1.0.0","name":"train","type":"bandwidth","ingressRate":100000000,"ingressBurst":100000000,"egressRate":100000000,"egressBurst":100000000'
    conf_tuning='{"cniVersion":"1.0.0","name":"train","type":"tuning","sysctl":{"net.ipv4.conf.IFNAME.arp_filter":"1"},"mtu":1400'
}
conf_loopback='{"cniVersion":"1.0.0","name":"train","type":"loopback"'

# call COMMAND CONTAINER PLUGIN CONFIG: the plugin's result.
call() {
    CNI_COMMAND=$1 CNI_CONTAINERID=$2 CNI_NETNS=/run/netns/$2 CNI_IFNAME=eth0 CNI_PATH=$DIST/cni "$DIST/cni/$3" <<<"$4"
}

new_namespace() {
    touch "/run/netns/$1"
    unshare --net="/run/netns/$1" true
}

# attach CONTAINER PLUGIN CONFIG: ADD, CHECK, DEL, as a runtime does it.
attach() {
    local result
    new_namespace "$1"
    result=$(call ADD "$1" "$2" "$3}")
    call CHECK "$1" "$2" "$3,\"prevResult\":$result}"
    call DEL "$1" "$2" "$3}"
    # Lazily: the agent may still be putting away its handle.
    umount --lazy "/run/netns/$1"
}

# chain CONTAINER: the bridge and the plugins that are usually chained to it. What a host cannot do (a kernel without ifb
# for bandwidth) it has not trained either, which is no fault of the build.
chain() {
    local result next plugin config chained=()
    new_namespace "$1"
    result=$(call ADD "$1" bridge "$conf_bridge}")
    for plugin in portmap firewall bandwidth tuning; do
        config=conf_$plugin
        if next=$(call ADD "$1" "$plugin" "${!config},\"prevResult\":$result}"); then
            result=$next
            chained=("$plugin" "${chained[@]}")
        else
            echo "training: ADD of $plugin failed: $next" >&2
        fi
    done
    for plugin in "${chained[@]}"; do
        config=conf_$plugin
        call CHECK "$1" "$plugin" "${!config},\"prevResult\":$result}"
    done
    for plugin in "${chained[@]}"; do
        config=conf_$plugin
        call DEL "$1" "$plugin" "${!config},\"prevResult\":$result}"
    done
    call DEL "$1" bridge "$conf_bridge}"
    umount --lazy "/run/netns/$1"
}

record() { export KAKEHASHI_JAVA_OPTS="-XX:AOTCacheOutput=$DIST/lib/$1-$hash.aot.part"; }

kept() {
    [ -s "$DIST/lib/$1-$hash.aot.part" ] || {
        echo "no cache came of training $1"
        exit 1
    }
    mv "$DIST/lib/$1-$hash.aot.part" "$DIST/lib/$1-$hash.aot"
}

# A Network, and a Node that has a subnet already: what an agent finds that keeps its node's part of a network.
make_store() {
    mkdir -p /run/aot/store/networks /run/aot/store/nodes
    cat >/run/aot/store/networks/train.yaml <<'YAML'
apiVersion: kakehashi.dev/v1alpha1
kind: Network
metadata:
  name: train
spec:
  cidrs: [10.94.0.0/16]
  carrier: vxlan
YAML
    cat >/run/aot/store/nodes/other.yaml <<'YAML'
apiVersion: v1
kind: Node
metadata:
  name: other
  annotations:
    kakehashi.dev/vtep-mac: "02:00:00:00:00:01"
    flannel.alpha.coreos.com/kube-subnet-manager: "true"
    flannel.alpha.coreos.com/backend-type: vxlan
    flannel.alpha.coreos.com/public-ip: 198.18.0.2
    flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"02:00:00:00:00:01"}'
spec:
  podCIDR: 10.94.7.0/24
  podCIDRs: [10.94.7.0/24]
YAML
}

train_agent() {
    local agent round
    local keeps=()
    if [ -x /sbin/ip ]; then
        make_store
        /sbin/ip link add under0 type veth peer name under1
        /sbin/ip link set under1 up
        /sbin/ip link set under0 up
        /sbin/ip address add 198.18.0.1/24 dev under0
        keeps=(--node train --store /run/aot/store --network train --underlay under0 --cni-conf-dir /run/aot/net.d)
    fi
    record kakehashi-agent
    "$DIST/bin/kakehashi-agent" "${keeps[@]}" &
    agent=$!
    # When a call fails, too, nothing is left running.
    # shellcheck disable=SC2064 # this agent
    trap "kill -KILL $agent 2>/dev/null || true" EXIT
    for ((round = 0; round < 200; round++)); do
        [ ! -S "$KAKEHASHI_SOCKET" ] || break
        sleep 0.05
    done
    for round in 1 2 3 4 5; do
        attach "b$round" bridge "$conf_bridge"
        attach "p$round" ptp "$conf_ptp"
        attach "l$round" loopback "$conf_loopback"
        chain "c$round"
    done
    kill -TERM $agent
    wait $agent || true
    trap - EXIT
    kept kakehashi-agent
}

# A process of one call has a cache for each: what a larger one holds for others costs its start some milliseconds.
train_one_shot() {
    new_namespace once
    record kakehashi-agent-add
    KAKEHASHI_AGENT=off call ADD once bridge "$conf_bridge}"
    kept kakehashi-agent-add
    record kakehashi-agent-del
    KAKEHASHI_AGENT=off call DEL once bridge "$conf_bridge}"
    kept kakehashi-agent-del
    unset KAKEHASHI_JAVA_OPTS
}

train_command() {
    unset KAKEHASHI_STATE KAKEHASHI_SOCKET
    record kakehashi
    "$DIST/bin/kakehashi" lab up --nodes 2 --pods-per-node 1 -o json
    unset KAKEHASHI_JAVA_OPTS
    kept kakehashi
    "$DIST/bin/kakehashi" lab down
}

train_agent
train_one_shot
train_command
