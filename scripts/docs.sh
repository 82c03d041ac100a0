#!/usr/bin/env bash
# The API documentation of all modules, in build/apidocs; warnings are errors.
source "$(dirname "$0")/lib/all.sh"
mkdir -p "$BUILD/logs"
use_jdk
step "Javadoc"
maven -q test-compile
mapfile -t sources < <(find "$ROOT"/kakehashi-*/src/main/java -name '*.java')
classpath=$(find "$ROOT"/kakehashi-*/target/classes -maxdepth 0 -printf '%p:')$(maven_jars)
quietly "$BUILD/logs/javadoc.log" "$JAVA_HOME/bin/javadoc" -quiet -Xdoclint:all,-missing -Werror -encoding UTF-8 \
    -d "$BUILD/apidocs" -classpath "$classpath" "${sources[@]}"
say "build/apidocs/index.html"
