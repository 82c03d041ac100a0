#!/usr/bin/env bash
# dist/bin/kakehashi: finds a Java and runs the command; dist/bin/cnitool: its part that stands in for the reference's tool.
set -euo pipefail
source "$ROOT/scripts/lib/launcher.sh"

# shellcheck disable=SC2119 # nothing is left out
write_launcher kakehashi dev.kakehashi.cli.Kakehashi "-Xmx128m $UNSAFE_OPTIONS" "$(class_path)" \
    "aot=kakehashi-$(build_hash).aot"
# shellcheck disable=SC2119
write_launcher cnitool dev.kakehashi.cli.Cnitool "-Xmx128m $UNSAFE_OPTIONS" "$(class_path)" \
    "aot=kakehashi-$(build_hash).aot"
