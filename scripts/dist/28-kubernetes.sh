#!/usr/bin/env bash
# dist/share: what is applied to a Kubernetes cluster, and what its DaemonSet tells the hosts. kakehashi-crds.yaml is made by the code that reads our objects;
# kakehashi.yaml has all that an installation needs, out of deploy/kubernetes; kakehashi-account.yaml the same without the
# DaemonSet, for agents that are processes of their nodes.
set -euo pipefail
source "$ROOT/scripts/lib/common.sh"
source "$ROOT/scripts/lib/image.sh"

# manifest FILE PART...: from the parts of deploy/kubernetes that are named so.
manifest() {
    local file=$1 part first=1
    shift
    for part in "$@"; do
        [ -n "$first" ] || echo ---
        first=
        case $part in
        crds) cat "$DIST/share/kakehashi-crds.yaml" ;;
        *) sed "s|@IMAGE@|$IMAGE_NAME:$IMAGE_VERSION|" "$ROOT/deploy/kubernetes/$part.yaml" ;;
        esac
    done >"$DIST/share/$file.part"
    mv "$DIST/share/$file.part" "$DIST/share/$file"
}

crds=$DIST/share/kakehashi-crds.yaml
mkdir -p "$DIST/share"
rm -rf "$DIST/share/host"
cp -a "$ROOT/deploy/host" "$DIST/share/host"
"$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$DIST/lib/store-kubernetes/*:$DIST/lib/*" \
    dev.kakehashi.store.kubernetes.CustomResourcesMain >"$crds.part"
mv "$crds.part" "$crds"
# The definitions come after the namespace, before what needs them.
manifest kakehashi-account.yaml 10-namespace crds 20-roles
manifest kakehashi.yaml 10-namespace crds 20-roles 30-agent
