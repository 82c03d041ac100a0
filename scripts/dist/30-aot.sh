#!/usr/bin/env bash
# dist/lib/*.aot: ahead-of-time caches (JEP 483, 514, 515) that halve the start of the agent, of a one-shot run and of the
# command. Each is trained by real work, with the very command line that it is for, in network and mount namespaces of
# its own. An unchanged build keeps what it has.
set -euo pipefail
source "$ROOT/scripts/lib/common.sh"
source "$ROOT/scripts/lib/launcher.sh"

hash=$(build_hash)
for cache in "$DIST"/lib/*.aot; do
    case $cache in *-"$hash".aot) ;; *) rm -f "$cache" ;; esac
done
missing=
for name in kakehashi-agent kakehashi-agent-add kakehashi-agent-del kakehashi; do
    [ -f "$DIST/lib/$name-$hash.aot" ] || missing=1
done
[ -n "$missing" ] || exit 0
if ! is_root || ! unshare --net --mount true 2>/dev/null; then
    say "no ahead-of-time caches: training them needs root and namespaces. Everything works without, and starts slower"
    exit 0
fi
[ -x "$DIST/cni/bridge" ] || exit 0

step "dist: train the ahead-of-time caches"
# A cache that its own launcher cannot use is worse than none.
usable() { "$DIST/bin/kakehashi-agent" --help && "$DIST/bin/kakehashi" --version; }
quietly "$BUILD/logs/aot.log" unshare --net --mount bash "$ROOT/scripts/aot/train.sh" "$hash"
usable >/dev/null || {
    rm -f "$DIST"/lib/*.aot
    die "the ahead-of-time caches cannot be used (whole output: $BUILD/logs/aot.log)"
}
