#!/usr/bin/env bash
# Runs test tiers and ends with a table and the line "N passed, N failed, N skipped".
#
#   scripts/test.sh TIER...       TIER is unit, kernel, peers, kubernetes, vm or soak
#
# Each tier leaves its JUnit reports in build/tests/TIER, and a file `skipped` or `broken` with the reason when it could
# not run. A tier that cannot run for want of a package is skipped, except in CI (CI=true), where it fails.
source "$(dirname "$0")/lib/all.sh"

TESTS=$BUILD/tests

# Of generated test data these tiers take the same sample each time, so that a change is judged by what it changed; the
# soak tier takes another one each time. TEST_SEED chooses.
SAMPLE=-Dtest.seed=${TEST_SEED:-1}

# Tests on the kernel wait more than they compute: two classes of a module run side by side, each in namespaces of its own.
FORKS=${FORKS:-2}

# Prints a line per module and per failed test while Maven works; the whole output is in the log.
progress() {
    awk '
        /^\[INFO\] Building kakehashi-/ { module = $3 }
        /^\[INFO\] Running /             { if (module != shown) { print "    " module; shown = module; fflush() } }
        /^\[ERROR\] Tests run:/          { print "      " $0; fflush() }
        /COMPILATION ERROR/              { print "    " $0; fflush() }'
}

# The classes that began and did not end.
unended() {
    awk '
        /^\[INFO\] Running /       { class[$3] = 1 }
        /Tests run:.* -- in /      { delete class[$NF] }
        END                        { for (name in class) printf " %s", name }' "$1"
}

# run_with_maven TIER INCLUDED_TAGS EXCLUDED_TAGS [ARGUMENT...]
run_with_maven() {
    local tier=$1 included=$2 excluded=$3 log=$BUILD/logs/test-$1.log module
    shift 3
    rm -rf "$ROOT"/*/target/surefire-reports
    # Failures do not stop Maven, so that every module is tested; they are counted from the reports. What remains as an
    # error of Maven itself is a test JVM that died, or code that does not compile.
    # A test that fails is run once more, and one that passes then is named as flaky.
    maven test "$@" -DforkCount="$FORKS" -Dsurefire.rerunFailingTestsCount=1 -Dtier.included="$included" -Dtier.excluded="$excluded" -Dmaven.test.failure.ignore=true \
        > >(tee "$log" | progress) || {
        grep -m 12 '^\[ERROR\]' "$log" >&2 || tail -n 25 "$log" >&2
        echo "Maven failed, see build/logs/test-$tier.log" >"$TESTS/$tier/broken"
    }
    # In Surefire's own words: a test that fails may have an ExecutionException of its own.
    if grep -qE 'The forked VM terminated|Error occurred in starting fork|error in the forked process|There was a timeout' "$log"; then
        echo "a test JVM died or hung in$(unended "$log"), see build/logs/test-$tier.log" >"$TESTS/$tier/broken"
    fi
    for module in "$ROOT"/*/target/surefire-reports; do
        [ -d "$module" ] || continue
        mkdir -p "$TESTS/$tier/$(basename "$(dirname "$(dirname "$module")")")"
        cp "$module"/TEST-*.xml "$TESTS/$tier/$(basename "$(dirname "$(dirname "$module")")")/" 2>/dev/null || true
    done
}

run_unit() { run_with_maven unit "" kernel,peers,vm,soak "$SAMPLE"; }

run_kernel() {
    is_root || { skip kernel "the kernel tests make network namespaces: run as root" && return; }
    # The class path is for the virtual machine, which runs what is skipped here (scripts/vm/tests.sh).
    run_with_maven kernel kernel peers,vm,soak "$SAMPLE" dependency:build-classpath -Dmdep.outputFile=target/test.classpath
}

run_peers() {
    is_root || { skip peers "the peers tests make network namespaces: run as root" && return; }
    "$ROOT/scripts/peers/setup.sh" || { skip peers "the reference plugins could not be made, see above" && return; }
    run_with_maven peers peers vm,soak "$SAMPLE" "-Dkakehashi.peers=$(cache_dir)/peers"
}

run_kubernetes() {
    is_root || { skip kubernetes "the nodes are network namespaces: run as root" && return; }
    "$ROOT/scripts/peers/setup.sh" || { skip kubernetes "Kubernetes could not be built, see above" && return; }
    { "$ROOT/scripts/image.sh" "$(architecture)" && "$ROOT/scripts/image.sh" --next; } ||
        { skip kubernetes "the image could not be made, see above" && return; }
    # Each class has a cluster that fills two processors.
    FORKS=1 run_with_maven kubernetes kubernetes vm "$SAMPLE" "-Dkakehashi.peers=$(cache_dir)/peers"
}

run_vm() {
    is_root || { skip vm "the vm tests read the whole file system into the machine: run as root" && return; }
    [ -d "$TESTS/kernel" ] || run_tier kernel
    "$ROOT/scripts/vm/tests.sh" "$TESTS/vm" "$TESTS/kernel" || echo "the virtual machine or JUnit in it failed, see above" >"$TESTS/vm/broken"
}

run_soak() {
    is_root || { skip soak "the soak tests make network namespaces: run as root" && return; }
    # Kubernetes is not for every machine: what needs it says so itself where it is not there.
    { "$ROOT/scripts/peers/setup.sh" && "$ROOT/scripts/image.sh" "$(architecture)"; } || true
    run_with_maven soak soak vm,kubernetes -Dtest.timeout="12 h" -Dsurefire.timeout=0 ${TEST_SEED:+"$SAMPLE"} "-Dkakehashi.peers=$(cache_dir)/peers" dependency:build-classpath -Dmdep.outputFile=target/test.classpath
    if need vm; then
        mkdir -p "$TESTS/soak/soak-vm"
        "$ROOT/scripts/vm/tests.sh" "$TESTS/soak/soak-vm" ||
            echo "the virtual machine or JUnit in it failed, see above" >"$TESTS/soak/broken"
    fi
}

# skip TIER REASON
skip() { echo "$2" >"$TESTS/$1/skipped"; }

run_tier() {
    local tier=$1 start=$SECONDS
    step "Tests: $tier"
    rm -rf "${TESTS:?}/$tier"
    mkdir -p "$TESTS/$tier"
    if need "$tier"; then "run_$tier"; else skip "$tier" "packages are missing, see above"; fi
    echo $((SECONDS - start)) >"$TESTS/$tier/seconds"
}

[ $# -gt 0 ] || die "usage: scripts/test.sh unit|kernel|peers|kubernetes|vm|soak ..."
mkdir -p "$TESTS" "$BUILD/logs"
use_jdk
for tier in "$@"; do
    declare -F "run_$tier" >/dev/null || die "no such tier: $tier"
done
rm -rf "${TESTS:?}"/*
for tier in "$@"; do
    [ -d "$TESTS/$tier" ] || run_tier "$tier"
done
exec "$JAVA_HOME/bin/java" "$ROOT/scripts/report/TestReport.java" "$TESTS"
