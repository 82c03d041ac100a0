#!/usr/bin/env bash
# Runs an experiment with a container engine of its own, in namespaces of its own: nothing of it outlives them.
#
#   unshare --mount --net --pid --fork --kill-child --mount-proc frame.sh WORK CNI_BINARIES PEERS ENGINE EXPERIMENT
#
# ENGINE and EXPERIMENT are scripts beside this that are sourced, the first for the functions `start_engine`, `stop_engine`
# and those of its commands. The experiment finds the binaries in /opt/cni/bin, a folder for configurations in
# /etc/cni/net.d, a root file system for containers in $ROOTFS, and `show`, which prints a section for the test to read.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
# shellcheck disable=SC2034 # used by what is sourced
work=$1 binaries=$2 PEERS=$3 engine=$4 experiment=$5
# Of every engine, so that what is left of them can be told from other containers.
export GROUP=kakehashi-test
export KAKEHASHI_HOME=$binaries/.. KAKEHASHI_STATE=$work/kakehashi
export CNITOOL=$PEERS/bin/cnitool

# Sockets, locks, leases and records of the engine, runc, libcni and Kakehashi.
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p "$work"/{root,rootfs/bin,rootfs/proc,rootfs/sys,rootfs/dev,rootfs/etc,rootfs/tmp,libcni,net.d,cni} \
    /run/lock /run/netns /var/lib/cni
mount --bind "$work/libcni" /var/lib/cni
# The folders are the standard ones; what the machine lacks of them goes again.
made=()
for folder in /opt/cni /opt/cni/bin /etc/cni /etc/cni/net.d; do
    [ -d $folder ] || { mkdir $folder && made=("$folder" "${made[@]}"); }
done
unmake() {
    umount /opt/cni/bin /etc/cni/net.d || true
    # runc leaves the control groups above those of its containers.
    find /sys/fs/cgroup -maxdepth 3 -depth -type d -path "*/$GROUP*" -exec rmdir {} + 2>/dev/null || true
    [ ${#made[@]} -eq 0 ] || rmdir "${made[@]}"
}
trap unmake EXIT
mount --bind "$binaries" /opt/cni/bin
mount --bind "$work/net.d" /etc/cni/net.d
ip link set lo up

ROOTFS=$work/rootfs
cp "$(command -v busybox)" "$ROOTFS/bin/busybox"
for applet in sh sleep ip ping cat ls; do ln -sf busybox "$ROOTFS/bin/$applet"; done

show() { printf '\n==> %s\n' "$1" && shift && "$@"; }

# The links, once none of them is on its way out (a device group: docs/state-engine.md).
links() {
    local i
    for ((i = 0; i < 100; i++)); do
        [ -n "$(ip -o link show group 1263224914)" ] || break
        sleep 0.05
    done
    ip -o link
}

# await FILE PROCESS LOG: until the file is there; fails when the process ended before.
await() {
    local i
    for ((i = 0; i < 300; i++)); do
        [ ! -e "$1" ] || return 0
        kill -0 "$2" || break
        sleep 0.1
    done
    tail -n 20 "$3" >&2
    return 1
}

# A machine beside this one, 192.0.2.2, which it reaches as 192.0.2.1; it knows the way to the containers, 10.0.0.0/8.
make_outside() {
    ip netns add outside
    ip link add toward type veth peer name up0 netns outside
    ip address add 192.0.2.1/24 dev toward
    ip link set toward up
    ip -n outside link set lo up
    ip -n outside address add 192.0.2.2/24 dev up0
    ip -n outside link set up0 up
    ip -n outside route add 10.0.0.0/8 via 192.0.2.1
}
outside() { ip netns exec outside "$@"; }
# inside PID COMMAND...: in the network of a container, with the programs of this machine.
inside() { nsenter --net --target "$@"; }

# shellcheck disable=SC1090 # those beside this
source "$HERE/$engine.sh"
start_engine
# shellcheck disable=SC1090
source "$HERE/$experiment.sh"
stop_engine
