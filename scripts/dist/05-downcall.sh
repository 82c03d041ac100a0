#!/usr/bin/env bash
# dist/lib/libkakehashi-downcall.so: with it, no start has to link the JVM's own door to the C library.
set -euo pipefail
source "$ROOT/scripts/lib/common.sh"

library=$BUILD/native/$(architecture)/libkakehashi-downcall.so
[ -f "$library" ] || exit 0
# A new file in the old one's place: a JVM may be running on the old one.
cp "$library" "$DIST/lib/libkakehashi-downcall.so.part"
mv "$DIST/lib/libkakehashi-downcall.so.part" "$DIST/lib/libkakehashi-downcall.so"
