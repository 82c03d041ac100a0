#!/usr/bin/env bash
# dist/bin/kakehashi: finds a Java and runs the command.
set -euo pipefail

cat >"$DIST/bin/kakehashi.part" <<'LAUNCHER'
#!/bin/sh
# Runs the kakehashi command. KAKEHASHI_JAVA_OPTS adds options for the Java virtual machine.
self=$(readlink -f "$0") || exit 1
home=${self%/bin/*}

suffices() { [ -x "$1/bin/java" ] && [ "$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null)" -ge 25 ] 2>/dev/null; }

for java_home in "${JAVA_HOME:-}" "@JAVA_HOME@" /usr/lib/jvm/* /opt/java/* /var/cache/kakehashi/jdk/*; do
    [ -n "$java_home" ] && suffices "$java_home" && break
    java_home=
done
if [ -z "$java_home" ]; then
    echo "kakehashi: no Java 25 or later found: install one (for example openjdk-25-jre-headless) or set JAVA_HOME" >&2
    exit 127
fi
# The cache holds the classes of exactly these jars, made by exactly this Java: another one ignores it.
aot=$(ls "$home"/lib/kakehashi-*.aot 2>/dev/null | head -n 1)
# shellcheck disable=SC2086 # options are words
exec "$java_home/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xmx128m -Xshare:auto \
    --enable-native-access=ALL-UNNAMED --illegal-native-access=deny \
    ${aot:+-XX:AOTCache="$aot"} ${KAKEHASHI_JAVA_OPTS:-} \
    -cp "$home/lib/*" dev.kakehashi.cli.Kakehashi "$@"
LAUNCHER
sed -i "s|@JAVA_HOME@|$JAVA_HOME|" "$DIST/bin/kakehashi.part"
chmod 755 "$DIST/bin/kakehashi.part"
mv "$DIST/bin/kakehashi.part" "$DIST/bin/kakehashi"
