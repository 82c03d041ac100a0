#!/usr/bin/env bash
# The main job, shown: a network of three nodes and six pods on this machine, over each carrier in turn.
source "$(dirname "$0")/lib/all.sh"
is_root || die "the demo makes network namespaces: run it as root"
need kernel
use_jdk
exec "$ROOT/dist/bin/kakehashi" demo "$@"
