#!/usr/bin/env bash
# Installs what every target needs, so that they work without the internet afterwards (but for Maven's own downloads).
source "$(dirname "$0")/lib/all.sh"
mkdir -p "$BUILD/logs"
need base build lint unit kernel peers vm
need_other_processor
use_jdk
say "JDK: $JAVA_HOME"
"$ROOT/scripts/peers/setup.sh"
"$ROOT/scripts/vm/setup.sh"
"$ROOT/scripts/vm/debian.sh"
say "setup: everything is there"
