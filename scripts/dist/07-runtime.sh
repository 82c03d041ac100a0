#!/usr/bin/env bash
# dist/jre: a Java runtime of the modules that Kakehashi needs, so that what a build leaves runs where no Java is: on a
# node, for the plugin that finds no agent, and in the image.
set -euo pipefail
source "$ROOT/scripts/lib/common.sh"
source "$ROOT/scripts/lib/runtime.sh"

runtime=$DIST/jre
made_of=$(runtime_origin "$JAVA_HOME")
[ "$(cat "$runtime/made-of" 2>/dev/null)" != "$made_of" ] || exit 0
step "dist: link the Java runtime"
link_runtime "$runtime" || {
    # A distribution's JDK may have neither jmods nor a runtime image that can be linked from (JEP 493).
    say "no Java runtime of our own: $JAVA_HOME cannot make one. Everything works with the Java that is found instead"
    rm -rf "$runtime"
}
