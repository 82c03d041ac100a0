#!/usr/bin/env bash
# Runs a part of the experiment with a containerd of its own, in namespaces of its own: nothing of it outlives them.
#
#   unshare --mount --net --pid --fork --kill-child --mount-proc with-containerd.sh WORK CNI_BINARIES CNITOOL SCRIPT
#
# SCRIPT is sourced; it finds the binaries in /opt/cni/bin, an empty /etc/cni/net.d, a root file system for containers in
# $ROOTFS, and the functions `ctr` and `show`, which prints a section for the test to read.
set -euo pipefail
work=$1 binaries=$2 CNITOOL=$3 script=$4
export CONTAINERD_NAMESPACE=kakehashi-test
export CNITOOL KAKEHASHI_HOME=$binaries/..

# Sockets, locks, leases and records of containerd, runc, libcni and Kakehashi.
mount --make-rprivate /
mount -t tmpfs tmpfs /run
export KAKEHASHI_STATE=$work/kakehashi
mkdir -p "$work"/{root,rootfs/bin,rootfs/proc,rootfs/sys,rootfs/dev,rootfs/etc,libcni,net.d,cni} /run/containerd /var/lib/cni
mount --bind "$work/libcni" /var/lib/cni
# The folders are the standard ones; what the machine lacks of them goes again.
made=()
for folder in /opt/cni /opt/cni/bin /etc/cni /etc/cni/net.d; do
    [ -d $folder ] || { mkdir $folder && made=("$folder" "${made[@]}"); }
done
unmake() {
    umount /opt/cni/bin /etc/cni/net.d || true
    # runc leaves the control groups above those of its containers.
    rmdir /sys/fs/cgroup/{,*/}$CONTAINERD_NAMESPACE 2>/dev/null || true
    [ ${#made[@]} -eq 0 ] || rmdir "${made[@]}"
}
trap unmake EXIT
mount --bind "$binaries" /opt/cni/bin
mount --bind "$work/net.d" /etc/cni/net.d
ip link set lo up

ROOTFS=$work/rootfs
cp "$(command -v busybox)" "$ROOTFS/bin/busybox"
for applet in sh sleep ip ping cat ls; do ln -sf busybox "$ROOTFS/bin/$applet"; done

cat >"$work/config.toml" <<CONFIG
version = 2
root = "$work/root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "/run/containerd/containerd.sock"
CONFIG
containerd --config "$work/config.toml" >"$work/containerd.log" 2>&1 &
containerd=$!
for _ in $(seq 100); do
    [ -S /run/containerd/containerd.sock ] && break
    sleep 0.1
done
[ -S /run/containerd/containerd.sock ] || { tail -n 20 "$work/containerd.log" >&2 && exit 1; }

show() { printf '\n==> %s\n' "$1" && shift && "$@"; }
# shellcheck disable=SC1090 # one of those beside this
source "$script"

kill "$containerd"
wait "$containerd" || true
