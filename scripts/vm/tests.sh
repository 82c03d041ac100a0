#!/usr/bin/env bash
# Runs tests in the virtual machine; their reports go to FOLDER.
#
#   scripts/vm/tests.sh FOLDER KERNEL   those tagged "vm", and those that this machine's kernel made skip: KERNEL has the
#                                       reports of the kernel tier; and the agent's systemd unit
#   scripts/vm/tests.sh FOLDER          those tagged "vm" and "soak", and all of the systemd units
source "$(dirname "$0")/../lib/all.sh"

REPORTS=$1 KERNEL=${2:-}
HERE=$(cd "$(dirname "$0")" && pwd)
use_jdk

# Two lists: the first machine runs what the kernel tier skipped, the second one beside it what is only for machines.
: >"$REPORTS/kernel.arguments"
if [ -n "$KERNEL" ]; then
    "$JAVA_HOME/bin/java" "$ROOT/scripts/report/TestReport.java" --skipped "$KERNEL" >"$REPORTS/kernel.arguments"
    own=(--include-tag=vm --exclude-tag=peers --exclude-tag=soak)
    timeout=1500
else
    own=("--include-tag=vm & soak")
    timeout=7200
fi
{ grep -rl --include='*Test.java' '@Tag("vm")' "$ROOT"/kakehashi-*/src/test/java || true; } |
    sed 's|.*/src/test/java/||; s|/|.|g; s|\.java$||; s|.*|--select-class=&\n--include-methodname=&#.*|' >"$REPORTS/own.arguments"

# report_lines CLASS LOG: a report of JUnit's form. Each line is a test of this tier: "ok NAME" or "MISSING NAME: why".
report_lines() {
    awk -v class="$1" 'BEGIN { print "<testsuite>" }
        /^(ok|MISSING) / {
            name = $0; sub(/^[^ ]+ +/, "", name); gsub(/[&<"[:cntrl:]]/, " ", name)
            why = name; sub(/:.*/, "", name)
            printf "<testcase classname=\"%s\" name=\"%s\">", class, name
            if ($1 == "MISSING") printf "<failure message=\"%s\"/>", why
            print "</testcase>"
        }
        END { print "</testsuite>" }' "$2"
}

step "Virtual machine: start, and look for the features it is for"
"$HERE/run.sh" --timeout 300 "$HERE/smoke.sh" >"$BUILD/logs/vm-smoke.log" || true
report_lines "the virtual machine has" "$BUILD/logs/vm-smoke.log" >"$REPORTS/TEST-smoke.xml"
grep -q '^ok  *java' "$BUILD/logs/vm-smoke.log" || die "the virtual machine does not work, see build/logs/vm-smoke.log"

classpath=$(find "$ROOT"/kakehashi-*/target -maxdepth 1 \( -name classes -o -name test-classes \) -printf '%p:')$(
    cat "$ROOT"/kakehashi-*/target/test.classpath | tr : '\n' | grep '\.jar$' | grep -v '/kakehashi-' | sort -u | paste -sd :
)
# run_list NAME TAG...: a list's tests in a machine of their own.
run_list() {
    local list=$REPORTS/$1.arguments folder=$REPORTS/$1 log status=0
    log=$BUILD/logs/test-$(basename "$REPORTS")-$1.log
    shift
    mkdir -p "$folder"
    # Two minutes of compiling by C2 would be saved at the end of hours; emulated, C1 is the faster compiler.
    "$HERE/run.sh" --timeout "$timeout" --write "$folder" -- "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
        --illegal-native-access=deny --enable-native-access=ALL-UNNAMED \
        "-Dkakehashi.dist=$ROOT/dist" "-Dkakehashi.peers=$(cache_dir)/peers" \
        -cp "$classpath" org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors \
        --details=testfeed "$@" --reports-dir="$folder" "@$list" >"$log" || status=$?
    # 1: tests failed, which the reports say; 2: none were found.
    if [ $status -gt 1 ]; then
        tail -n 30 "$log" >&2
        return 1
    fi
}

# The systemd units, in a machine of Debian's: of the agent's the most important, or all.
run_units() {
    local log=$BUILD/logs/vm-systemd.log status=0
    "$HERE/systemd.sh" ${KERNEL:+agent} >"$log" || status=$?
    report_lines "systemd" "$log" >"$REPORTS/TEST-systemd.xml"
    # 1: something was missing, which the report says.
    [ $status -le 1 ] && grep -q '^ok ' "$log"
}

step "Virtual machine: $(cat "$REPORTS"/*.arguments | grep -c methodname) tests that this machine's kernel cannot run"
run_units &
machines=($!)
if [ -s "$REPORTS/kernel.arguments" ]; then
    run_list kernel --include-tag=kernel --exclude-tag=peers --exclude-tag=soak &
    machines+=($!)
fi
if [ -s "$REPORTS/own.arguments" ]; then
    run_list own "${own[@]}" &
    machines+=($!)
fi
failed=0
for machine in "${machines[@]}"; do
    wait "$machine" || failed=1
done
exit $failed
