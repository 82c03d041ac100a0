#!/usr/bin/env bash
# The parts of `make build`: scripts/build.sh java|native|dist
source "$(dirname "$0")/lib/all.sh"

DIST=$ROOT/dist
STORES="etcd kubernetes"

build_java() {
    need base
    step "Java: compile and package"
    maven -q package -DskipTests
}

# Each native part has a Makefile of its own, which leaves one file in $BUILD/native for each processor.
build_native() {
    local part
    need build
    need_other_processor
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

# dist/lib has the jars of the command and of all that it needs, and no other. A store with libraries of its own has a
# folder of its own, out of the class path (docs/adr/0009).
gather_jars() {
    local store folder
    fill_folder "$DIST/lib" "" "$ROOT"/kakehashi-*/target/kakehashi-*.jar "$ROOT"/kakehashi-cli/target/lib/*.jar
    for store in $STORES; do
        folder=$ROOT/kakehashi-store-$store/target
        fill_folder "$DIST/lib/store-$store" "$DIST/lib" "$folder"/kakehashi-*.jar "$folder"/lib/*.jar
    done
}

# fill_folder FOLDER BESIDES JAR...: the folder holds these jars and no other, but for those that are in the folder BESIDES.
# Unchanged ones keep their time, because the ahead-of-time cache depends on it.
fill_folder() {
    local folder=$1 besides=$2 jar name
    local -A wanted=()
    shift 2
    mkdir -p "$folder"
    for jar in "$@"; do
        name=$(basename "$jar")
        case $jar in *-tests.jar | *-sources.jar | *-javadoc.jar) continue ;; esac
        case $jar in "$ROOT"/kakehashi-image/*) continue ;; esac
        case $jar in "$ROOT"/kakehashi-store-*) [ -n "$besides" ] || continue ;; esac
        [ -z "$besides" ] || [ ! -f "$besides/$name" ] || continue
        wanted[$name]=1
        cmp -s "$jar" "$folder/$name" || cp -p "$jar" "$folder/$name"
    done
    for jar in "$folder"/*.jar; do
        [ -n "${wanted[$(basename "$jar")]:-}" ] || rm -f "$jar"
    done
}

mkdir -p "$BUILD/logs"
case ${1:-} in
java | native | dist) "build_$1" ;;
*) die "usage: scripts/build.sh java|native|dist" ;;
esac
