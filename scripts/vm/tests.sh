#!/usr/bin/env bash
# Runs in the virtual machine the kernel tests that this machine's kernel made skip, and all tests tagged "vm".
#
#   scripts/vm/tests.sh FOLDER      FOLDER/kernel has the reports of the kernel tier; those of here go to FOLDER/vm
source "$(dirname "$0")/../lib/all.sh"

TESTS=$1
HERE=$(cd "$(dirname "$0")" && pwd)
use_jdk

"$JAVA_HOME/bin/java" "$ROOT/scripts/report/TestReport.java" --skipped "$TESTS/kernel" >"$TESTS/vm/arguments"
{ grep -rl --include='*Test.java' '@Tag("vm")' "$ROOT"/kakehashi-*/src/test/java || true; } |
    sed 's|.*/src/test/java/||; s|/|.|g; s|\.java$||; s|.*|--select-class=&\n--include-methodname=&#.*|' >>"$TESTS/vm/arguments"

step "Virtual machine: start, and look for the features it is for"
"$HERE/run.sh" --timeout 300 "$HERE/smoke.sh" >"$BUILD/logs/vm-smoke.log" || true
# Each line is a test of this tier: "ok NAME" or "MISSING NAME: why".
awk 'BEGIN { print "<testsuite>" }
    /^(ok|MISSING) / {
        name = $0; sub(/^[^ ]+ +/, "", name); gsub(/[&<"]/, " ", name)
        why = name; sub(/:.*/, "", name)
        printf "<testcase classname=\"the virtual machine has\" name=\"%s\">", name
        if ($1 == "MISSING") printf "<failure message=\"%s\"/>", why
        print "</testcase>"
    }
    END { print "</testsuite>" }' "$BUILD/logs/vm-smoke.log" >"$TESTS/vm/TEST-smoke.xml"
grep -q '^ok  *java' "$BUILD/logs/vm-smoke.log" || die "the virtual machine does not work, see build/logs/vm-smoke.log"

if [ ! -s "$TESTS/vm/arguments" ]; then
    say "    no further tests: this machine's kernel lacks nothing that a test asks for"
    exit 0
fi

classpath=$(find "$ROOT"/kakehashi-*/target -maxdepth 1 \( -name classes -o -name test-classes \) -printf '%p:')$(
    cat "$ROOT"/kakehashi-*/target/test.classpath | tr : '\n' | grep '\.jar$' | grep -v '/kakehashi-' | sort -u | paste -sd :
)
step "Virtual machine: $(grep -c methodname "$TESTS/vm/arguments") tests that this machine's kernel cannot run"
mkdir -p "$TESTS/vm/reports"
status=0
# Two minutes of compiling by C2 would be saved at the end of hours; emulated, C1 is the faster compiler.
"$HERE/run.sh" --timeout 1500 --write "$TESTS/vm/reports" -- "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    --illegal-native-access=deny --enable-native-access=ALL-UNNAMED \
    "-Dkakehashi.dist=$ROOT/dist" "-Dkakehashi.peers=$(cache_dir)/peers" \
    -cp "$classpath" org.junit.platform.console.ConsoleLauncher execute --disable-banner --disable-ansi-colors \
    --details=tree --include-tag=kernel --include-tag=vm --exclude-tag=peers --exclude-tag=soak \
    --reports-dir="$TESTS/vm/reports" "@$TESTS/vm/arguments" >"$BUILD/logs/test-vm.log" || status=$?
# 1: tests failed, which the reports say; 2: none were found.
if [ $status -gt 1 ]; then
    tail -n 30 "$BUILD/logs/test-vm.log" >&2
    exit 1
fi
