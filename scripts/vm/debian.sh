#!/usr/bin/env bash
# Makes a small Debian with systemd, for a virtual machine that it starts; prints the folder that has it.
source "$(dirname "$0")/../lib/all.sh"

MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
RELEASE=${KAKEHASHI_VM_RELEASE:-bookworm}
# What a host without Kubernetes has, and what the tests look with.
PACKAGES=systemd,systemd-sysv,udev,dbus,iproute2,iputils-ping,nftables,iptables,bird2,dnsmasq-base,kmod,procps

folder=$(cache_dir)/vm/debian-$RELEASE-$(echo "$PACKAGES" | sha256sum | cut -c 1-12)
if [ ! -d "$folder" ]; then
    need base vm >&2
    step "Virtual machine: unpack Debian $RELEASE with systemd" >&2
    rm -rf "$folder.part"
    mkdir -p "$folder.part" "$BUILD/logs"
    # In a mount namespace of its own: what mmdebstrap mounts for the packages' scripts goes with it.
    quietly "$BUILD/logs/vm-debian.log" unshare --mount --propagation private mmdebstrap --mode=root --variant=apt --format=directory \
        --include="$PACKAGES" --aptopt='APT::Install-Recommends "false"' "$RELEASE" "$folder.part" "$MIRROR" || exit 1
    mv "$folder.part" "$folder"
fi
echo "$folder"
