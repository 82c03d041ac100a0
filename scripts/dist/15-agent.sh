#!/usr/bin/env bash
# dist/bin/kakehashi-agent: the node's agent. Small, because every node has one: its threads wait for the kernel most of the
# time and hardly ever go deep.
set -euo pipefail
source "$ROOT/scripts/lib/launcher.sh"

# After a burst one collection gives back what the heap has grown by, not one step of it (class HeapTrim).
# The agent compiles early, because nothing that it does is done often: a method that runs once for each pod would be
# interpreted for the first two hundred of them. Whenever the compiled code has grown by 15 % of what is reserved for it the
# virtual machine collects the whole heap ("CodeCache GC Threshold"): with 16 MB six times while an agent starts among
# thousands of nodes, up to 90 ms each, and nothing is found, since its classes stay. With 96 MB it does not come to that;
# what is not used is no memory. The young generation is of one size: as a third of the heap it would be collected each 30
# calls at first, and have 20 MB among thousands of nodes. After a full collection a fifth to two fifths of the heap are free.
# The serial collector lets a heap grow to its limit before it collects all of it: so the limit is what an agent among
# thousands of nodes takes for a moment when it starts. Objects are small and many, and a header of 8 octets instead of 12 is
# a seventh of all of them (JEP 519).
# A one-shot run ends before what it compiles pays off: neither does it compile what the training compiled, on a thread that
# gets in the way of the first (JEP 515). Nor does it read the limits of its control group: it has a limit of its own, and
# one collector thread. A later Java may not know these options.
# shellcheck disable=SC2016 # for the launcher to expand
write_launcher kakehashi-agent dev.kakehashi.agent.AgentMain \
    "-Xms8m -Xmx64m -XX:-ShrinkHeapInSteps -Xss256k -XX:ReservedCodeCacheSize=16m" \
    "$(class_path kakehashi-cli kakehashi-conformance picocli)" \
    "hash=$(build_hash)
"'case ${1:-} in
--one-shot)
    case ${CNI_COMMAND:-} in
    DEL) aot=kakehashi-agent-del-$hash.aot ;;
    *) aot=kakehashi-agent-add-$hash.aot ;;
    esac
    more="-XX:CompileThresholdScaling=4 -XX:-UseContainerSupport"
    more="$more -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTReplayTraining"
    ;;
*)
    aot=kakehashi-agent-$hash.aot
    more="-XX:CompileThresholdScaling=0.1 -XX:ReservedCodeCacheSize=96m"
    more="$more -Xms24m -Xmn10m -XX:MinHeapFreeRatio=20 -XX:MaxHeapFreeRatio=40"
    more="$more '"$UNSAFE_OPTIONS"'"
    more="$more -Xmx46m -XX:+UseCompactObjectHeaders"
    ;;
esac'
