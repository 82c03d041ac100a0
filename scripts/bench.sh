#!/usr/bin/env bash
# Measures dist/ beside the reference plugins, in network and mount namespaces of its own; results in bench/results.
#
#   scripts/bench.sh [ROUNDS] [PART...]     ROUNDS: how often things are measured at most; then nothing is written
#
# With the part carriers goes carriers-vm: the carriers that other kernels may lack, in the virtual machine.
source "$(dirname "$0")/lib/all.sh"
is_root || die "the measurements make network namespaces: run as root"
need build kernel peers bench
use_jdk
"$ROOT/scripts/peers/setup.sh"
mkdir -p "$BUILD/bench/least" "$ROOT/bench/results"
musl-gcc -std=gnu17 -O2 -static -o "$BUILD/bench/timed_spawn" "$ROOT/bench/native/timed_spawn.c"
# Kernel headers that musl lacks: the compiler's, behind its own.
musl-gcc -std=gnu17 -O2 -static -idirafter /usr/include -idirafter "/usr/include/$(gcc -print-multiarch)" \
    -o "$BUILD/bench/least/bridge" "$ROOT"/bench/native/least/*.c
for plugin in portmap firewall bandwidth tuning; do ln -sf bridge "$BUILD/bench/least/$plugin"; done

rounds=() parts=() vm=
if [[ ${1:-} =~ ^[1-9][0-9]*$ ]]; then rounds=("$1") && shift; fi
[ $# -gt 0 ] || vm=1
for part in "$@"; do
    case $part in
    carriers-vm) vm=1 ;;
    carriers) parts+=("$part") && vm=1 ;;
    *) parts+=("$part") ;;
    esac
done
# The agent, leases and named namespaces of the machine are neither seen nor changed.
# shellcheck disable=SC2016 # for the inner shell
measure=(unshare --mount --net --propagation private bash -c '
    set -e
    mkdir -p /var/lib/cni
    mount -t tmpfs tmpfs /run
    mount -t tmpfs tmpfs /var/lib/cni
    ip link set lo up
    exec "$@"' bench
    "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED --illegal-native-access=deny
    -cp "$ROOT/bench/target/classes:$ROOT/kakehashi-linux/target/test-classes:$ROOT/dist/lib/*" dev.kakehashi.bench.BenchMain
    "$ROOT/dist" "$(cache_dir)/peers/reference" "$BUILD/bench/timed_spawn"
    "$ROOT/bench/handmade/network.sh" "$ROOT/bench/results" "${rounds[@]}")
if [ $# -eq 0 ] || [ ${#parts[@]} -gt 0 ]; then "${measure[@]}" "${parts[@]}"; fi
if [ -n "$vm" ]; then
    "$ROOT/scripts/vm/run.sh" --timeout 1800 --write "$ROOT/bench/results" -- "${measure[@]}" carriers-vm
fi
