#!/usr/bin/env bash
# dist/cni/<type>: one file, a name for each plugin that we have.
set -euo pipefail

source "$ROOT/scripts/lib/common.sh"

front=$BUILD/native/$(architecture)/kakehashi-cni
[ -x "$front" ] || exit 0

PLUGINS="bandwidth bridge dhcp dummy firewall flannel host-device host-local ipvlan kakehashi-ipam loopback macvlan portmap ptp sbr static tap tuning vlan vrf"
first=
mkdir -p "$DIST/cni"
for plugin in $PLUGINS; do
    if [ -z "$first" ]; then
        # A new file in the old one's place: an executable that is running cannot be written.
        cp "$front" "$DIST/cni/$plugin.part"
        mv "$DIST/cni/$plugin.part" "$DIST/cni/$plugin"
        first=$DIST/cni/$plugin
    else
        ln -f "$first" "$DIST/cni/$plugin"
    fi
done
for file in "$DIST"/cni/*; do
    [[ " $PLUGINS " == *" $(basename "$file") "* ]] || rm -f "$file"
done
