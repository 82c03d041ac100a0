#!/usr/bin/env bash
# Measures dist/ beside the reference plugins; results in bench/results.
source "$(dirname "$0")/lib/all.sh"
is_root || die "the measurements make network namespaces: run as root"
need kernel peers
use_jdk
"$ROOT/scripts/peers/setup.sh"
exec "$ROOT/bench/run" "$@"
