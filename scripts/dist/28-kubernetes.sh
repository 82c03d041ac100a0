#!/usr/bin/env bash
# dist/share: what is applied to a Kubernetes cluster. kakehashi-crds.yaml is made by the code that reads our objects;
# kakehashi.yaml has all that an installation needs, out of deploy/kubernetes.
set -euo pipefail

crds=$DIST/share/kakehashi-crds.yaml
mkdir -p "$DIST/share"
"$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$DIST/lib/store-kubernetes/*:$DIST/lib/*" \
    dev.kakehashi.store.kubernetes.CustomResourcesMain >"$crds.part"
mv "$crds.part" "$crds"
{
    for part in "$ROOT"/deploy/kubernetes/*.yaml; do
        cat "$part"
        echo ---
        # The definitions come after the namespace, before what needs them.
        case $part in *-namespace.yaml) cat "$crds" && echo --- ;; esac
    done
} | sed '$d' >"$DIST/share/kakehashi.yaml.part"
mv "$DIST/share/kakehashi.yaml.part" "$DIST/share/kakehashi.yaml"
