#!/usr/bin/env bash
# dist/share/man/man1: a page for each command, made from the commands' own description of themselves.
set -euo pipefail

folder=$DIST/share/man/man1
rm -rf "$folder"
"$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$DIST/lib/*" dev.kakehashi.cli.ManPages "$folder"
