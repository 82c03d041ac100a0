#!/usr/bin/env bash
# dist/bin/kakehashi-agent: the node's agent. Small, because every node has one: threads wait for the kernel most of the
# time and hardly ever go deep.
set -euo pipefail
source "$ROOT/scripts/lib/launcher.sh"

# shellcheck disable=SC2016 # for the launcher to expand
write_launcher kakehashi-agent dev.kakehashi.agent.AgentMain \
    "-Xms4m -Xmx64m -Xss256k -XX:ReservedCodeCacheSize=16m" \
    "$(class_path kakehashi-cli picocli)" \
    "hash=$(build_hash)
"'case ${1:-} in --one-shot) aot=kakehashi-agent-once-$hash.aot ;; *) aot=kakehashi-agent-$hash.aot ;; esac'
