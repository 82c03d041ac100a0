#!/usr/bin/env bash
# The main job, shown: a network of three nodes and six pods on this machine.
source "$(dirname "$0")/lib/all.sh"
is_root || die "the demo makes network namespaces: run it as root"
need kernel
use_jdk
[ -x "$ROOT/dist/bin/kakehashi-agent" ] || die "the demo needs the node agent's launcher, which this version does not have yet: see docs/status.md"
trap '"$ROOT/dist/bin/kakehashi" lab down' EXIT
"$ROOT/dist/bin/kakehashi" lab up "$@"
