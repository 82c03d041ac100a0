#!/usr/bin/env bash
# The API documentation of all modules, in build/apidocs; warnings are errors.
source "$(dirname "$0")/lib/all.sh"
mkdir -p "$BUILD/logs"
use_jdk
step "Javadoc"
# The top module's class path has every other module and library, also those that only the compiler needs.
maven -q -pl kakehashi-cli -am test-compile dependency:build-classpath -Dmdep.includeScope=compile -Dmdep.outputFile="$BUILD/classpath"
mapfile -t sources < <(find "$ROOT"/kakehashi-*/src/main/java -name '*.java')
quietly "$BUILD/logs/javadoc.log" "$JAVA_HOME/bin/javadoc" -quiet -Xdoclint:all,-missing -Werror -encoding UTF-8 \
    -d "$BUILD/apidocs" -classpath "$(cat "$BUILD/classpath")" "${sources[@]}"
say "build/apidocs/index.html"
