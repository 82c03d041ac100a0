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
    umount "/run/netns/$1"
}

record() { export KAKEHASHI_JAVA_OPTS="-XX:AOTCacheOutput=$DIST/lib/$1-$hash.aot.part"; }

kept() {
    [ -s "$DIST/lib/$1-$hash.aot.part" ] || {
        echo "no cache came of training $1"
        exit 1
    }
    mv "$DIST/lib/$1-$hash.aot.part" "$DIST/lib/$1-$hash.aot"
}

train_agent() {
    local agent round
    record kakehashi-agent
    "$DIST/bin/kakehashi-agent" &
    agent=$!
    for ((round = 0; round < 200; round++)); do
        [ ! -S "$KAKEHASHI_SOCKET" ] || break
        sleep 0.05
    done
    for round in 1 2 3 4 5; do
        attach "b$round" bridge "$conf_bridge"
        attach "p$round" ptp "$conf_ptp"
        attach "l$round" loopback "$conf_loopback"
    done
    kill -TERM $agent
    wait $agent || true
    kept kakehashi-agent
}

# ADD is what is waited for; DEL has its classes, too, once a call of the agent has been undone.
train_one_shot() {
    new_namespace once
    record kakehashi-agent-once
    KAKEHASHI_AGENT=off call ADD once bridge "$conf_bridge}"
    unset KAKEHASHI_JAVA_OPTS
    KAKEHASHI_AGENT=off call DEL once bridge "$conf_bridge}"
    kept kakehashi-agent-once
}

train_command() {
    record kakehashi
    "$DIST/bin/kakehashi" lab --help
    unset KAKEHASHI_JAVA_OPTS
    kept kakehashi
}

train_agent
train_one_shot
train_command
