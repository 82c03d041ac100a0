#!/usr/bin/env bash
# The parts of `make build`: scripts/build.sh java|native|dist
source "$(dirname "$0")/lib/all.sh"

DIST=$ROOT/dist

build_java() {
    need base
    step "Java: compile and package"
    maven -q package -DskipTests
}

# Each native part has a Makefile of its own, which leaves one file in $BUILD/native for each processor.
build_native() {
    local part
    need build
    step "C: native parts"
    for part in "$ROOT"/native/*/Makefile; do
        make -C "$(dirname "$part")" -s
    done
}

build_dist() {
    local part
    step "dist: gather"
    mkdir -p "$DIST/bin" "$DIST/lib"
    gather_jars
    # Each part of the house that leaves something more in dist/ has a script here, run in the order of their names with
    # JAVA_HOME, ROOT, BUILD and DIST set: launchers, plugin binaries, the ahead-of-time cache, completions, manual page.
    use_jdk
    export ROOT BUILD DIST
    for part in "$ROOT"/scripts/dist/*.sh; do
        [ -e "$part" ] || continue
        bash "$part"
    done
}

# dist/lib has the jars of the command and of all that it needs, and no other; unchanged ones keep their time, because
# the ahead-of-time cache depends on it.
gather_jars() {
    local jar name
    local -A wanted=()
    for jar in "$ROOT"/kakehashi-*/target/kakehashi-*.jar "$ROOT"/kakehashi-cli/target/lib/*.jar; do
        case $jar in *-tests.jar | *-sources.jar | *-javadoc.jar) continue ;; esac
        name=$(basename "$jar")
        wanted[$name]=1
        cmp -s "$jar" "$DIST/lib/$name" || cp -p "$jar" "$DIST/lib/$name"
    done
    for jar in "$DIST"/lib/*.jar; do
        [ -n "${wanted[$(basename "$jar")]:-}" ] || rm -f "$jar"
    done
}

mkdir -p "$BUILD/logs"
case ${1:-} in
java | native | dist) "build_$1" ;;
*) die "usage: scripts/build.sh java|native|dist" ;;
esac
