#!/usr/bin/env bash
# make image: the container image, as an archive in build/image for each of $ARCH, or pushed to $PUSH (repository:tag).
#
#   scripts/image.sh [ARCHITECTURE...]     amd64 and arm64 unless told otherwise
#   scripts/image.sh --next                the same build as another release, for tests of an upgrade: build/image/next
#
# No container engine: the root file system is Debian's packages, unpacked; the rest is what `make build` left.
source "$(dirname "$0")/lib/all.sh"
source "$ROOT/scripts/lib/runtime.sh"
source "$ROOT/scripts/lib/image.sh"

DIST=$ROOT/dist
IMAGES=$BUILD/image
MIRROR=${DEBIAN_MIRROR:-http://deb.debian.org/debian}
RELEASE=trixie
# libc, zlib and (for the Java of Debian) the C++ library for the runtime; BIRD for carrier bgp; iptables for published ports on nodes that use it; a shell.
PACKAGES=libc6,libgcc-s1,libstdc++6,zlib1g,bird2,iptables,busybox-static
APPLETS="sh ash cat chmod chown cp date df dmesg du echo env find grep head hostname id ip kill ln ls mkdir mount mv nc netstat nslookup
    ping ps pwd readlink rm rmdir sed sleep sort stat tail tar test touch true false umount uname vi wc wget which xargs"
MAXIMUM=$((150 * 1000 * 1000))

# Debian's packages of one processor, without what belongs to a machine that people log in to. Kept for a week: then there
# may be corrections.
root_file_system() {
    local architecture=$1 file
    file=$(cache_dir)/image/$RELEASE-$architecture-$(echo "$PACKAGES $APPLETS $(cat "$ROOT/scripts/image.sh")" | sha256sum | cut -c 1-12).tar
    if [ -z "$(find "$file" -mtime -7 2>/dev/null)" ]; then
        step "image: unpack Debian's packages for $architecture" >&2
        mkdir -p "$(dirname "$file")"
        # shellcheck disable=SC2016 # $1 is the hook's
        SOURCE_DATE_EPOCH=1767225600 APPLETS="$APPLETS" quietly "$BUILD/logs/mmdebstrap-$architecture.log" mmdebstrap \
            --variant=extract --architectures="$architecture" --include="$PACKAGES" --format=tar \
            --extract-hook="$ROOT/scripts/image/trim.sh \"\$1\"" "$RELEASE" "$file.part" "$MIRROR" || return 1
        mv "$file.part" "$file"
    fi
    echo "$file"
}

# base ARCHITECTURE FILE_SYSTEM: a `docker save` archive of one layer, for Jib: which can neither make symbolic links nor
# start from a bare file system.
base() {
    local architecture=$1 layer=$2 folder=$IMAGES/base-$1
    rm -rf "$folder"
    mkdir -p "$folder"
    ln "$layer" "$folder/layer.tar" 2>/dev/null || cp "$layer" "$folder/layer.tar"
    printf '{"architecture":"%s","os":"linux","created":"2026-01-01T00:00:00Z","config":{},"rootfs":{"type":"layers","diff_ids":["sha256:%s"]}}' \
        "$architecture" "$(sha256sum <"$layer" | cut -d ' ' -f 1)" >"$folder/config.json"
    printf '[{"Config":"config.json","RepoTags":["base:%s"],"Layers":["layer.tar"]}]' "$architecture" >"$folder/manifest.json"
    tar -C "$folder" -cf "$IMAGES/base-$architecture.tar" manifest.json config.json layer.tar
    rm -rf "$folder"
}

# home ARCHITECTURE: the folder with what goes into the image. Of another processor than this one: its front binary and its
# Java, without the ahead-of-time caches, which only that processor could train.
home() {
    local architecture=$1 folder=$IMAGES/home-$1
    if [ "$architecture" = "$(architecture)" ]; then
        [ -x "$DIST/jre/bin/java" ] || die "the image needs dist/jre, which $JAVA_HOME could not make: set JAVA_HOME to another JDK"
        echo "$DIST"
        return
    fi
    native "$architecture" >&2 || return 1
    rm -rf "$folder"
    mkdir -p "$folder/cni"
    cp -a "$DIST/bin" "$DIST/lib" "$DIST/share" "$folder/"
    rm -f "$folder"/lib/*.aot "$folder"/lib/*.so
    cp -p "$BUILD/native/$architecture"/*.so "$folder/lib/" 2>/dev/null || true
    for plugin in "$DIST"/cni/*; do
        cp -p "$BUILD/native/$architecture/kakehashi-cni" "$folder/cni/${plugin##*/}" || return 1
    done
    link_runtime "$folder/jre" "$(foreign_jdk "$architecture")" >&2 || return 1
    echo "$folder"
}

# native ARCHITECTURE: what is compiled for another processor, which a build leaves out where there is no compiler.
native() {
    [ -x "$BUILD/native/$1/kakehashi-cni" ] || {
        need "image-$1"
        "$ROOT/scripts/build.sh" native
    }
    [ -x "$BUILD/native/$1/kakehashi-cni" ] || {
        warn "no front binary for $1: set CC_$1 to a compiler for it"
        return 1
    }
}

# A JDK for another processor, of the version of JAVA_HOME, which links it: $JDK_arm64, else Debian's.
foreign_jdk() {
    local architecture=$1 given=JDK_$1 folder
    if [ -n "${!given:-}" ]; then
        echo "${!given}"
        return
    fi
    folder=$(cache_dir)/image/jdk-$RELEASE-$architecture
    if [ ! -d "$folder/jmods" ]; then
        step "image: fetch Debian's Java for $architecture" >&2
        quietly "$BUILD/logs/jdk-$architecture.log" mmdebstrap --variant=extract --architectures="$architecture" --format=tar \
            --include="openjdk-$JDK_MINIMUM-jdk-headless" "$RELEASE" "$folder.tar" "$MIRROR" || return 1
        rm -rf "$folder.part"
        mkdir -p "$folder.part"
        tar -C "$folder.part" -xf "$folder.tar" --strip-components=5 "./usr/lib/jvm/java-$JDK_MINIMUM-openjdk-$architecture"
        rm -rf "$folder" "$folder.tar"
        mv "$folder.part" "$folder"
    fi
    echo "$folder"
}

make_image() {
    local architecture=$1 archive=$IMAGES/kakehashi-$1.tar layers home arguments
    layers=$(root_file_system "$architecture") || die "no root file system for $architecture, see above"
    if [ -z "${PUSH:-}" ] && [ -f "$archive" ] && [ "$archive" -nt "$layers" ] &&
        [ -z "$(find "$DIST" "$ROOT/scripts/image.sh" -newer "$archive" -print -quit)" ]; then
        say "$archive: there already, of this build"
        return
    fi
    home=$(home "$architecture") || die "no binaries for $architecture, see above"
    base "$architecture" "$layers"
    step "image: put together $architecture"
    arguments=(--base "$IMAGES/base-$architecture.tar" --home "$home" --architecture "$architecture" --version "$IMAGE_VERSION")
    jib "${arguments[@]}" --name "$IMAGE_NAME:$IMAGE_VERSION" --archive "$archive.part"
    mv "$archive.part" "$archive"
    [ "$(stat -c %s "$archive")" -le $MAXIMUM ] || die "$archive has $(stat -c %s "$archive") bytes, more than $MAXIMUM"
    say "$archive: $(($(stat -c %s "$archive") / 1000000)) MB, $IMAGE_NAME:$IMAGE_VERSION"
    if [ -n "${PUSH:-}" ]; then
        jib "${arguments[@]}" --name "$(pushed_name "$architecture")"
    fi
    rm -f "$IMAGES/base-$architecture.tar"
}

# A release that differs from this one in its version alone, in the image's name and in what its agents say: with its
# manifest, in build/image/next. Without the ahead-of-time caches, which know the jars by their times.
make_next() {
    local architecture version=${IMAGE_VERSION%-SNAPSHOT}-next folder=$IMAGES/home-next next=$IMAGES/next jar layers
    architecture=$(architecture)
    if [ -f "$next/kakehashi.yaml" ] && [ -z "$(find "$DIST" "$ROOT/scripts/image.sh" -newer "$next/kakehashi.yaml" -print -quit)" ]; then
        return
    fi
    layers=$(root_file_system "$architecture") || die "no root file system for $architecture, see above"
    step "image: the same build as version $version"
    rm -rf "$folder" "$next"
    mkdir -p "$next"
    cp -al "$DIST" "$folder"
    rm -f "$folder"/lib/*.aot
    for jar in "$folder"/lib/kakehashi-*.jar "$folder"/lib/store-*/kakehashi-*.jar; do
        cp "$jar" "$jar.part"
        # What is there already is named as a warning.
        "$JAVA_HOME/bin/jar" --update --file "$jar.part" --manifest <(printf 'Implementation-Version: %s\n' "$version") 2>/dev/null
        mv "$jar.part" "$jar"
    done
    base "$architecture" "$layers"
    jib --base "$IMAGES/base-$architecture.tar" --home "$folder" --architecture "$architecture" --version "$version" \
        --name "$IMAGE_NAME:$version" --archive "$next/kakehashi-$architecture.tar"
    rm -rf "$folder" "$IMAGES/base-$architecture.tar"
    sed "s|image: $IMAGE_NAME:$IMAGE_VERSION|image: $IMAGE_NAME:$version|" "$DIST/share/kakehashi.yaml" >"$next/kakehashi.yaml"
}

# Of several processors each has a tag of its own, and the plain one is for all of them.
pushed_name() { if [ "$ARCHITECTURES" = "$1" ]; then echo "$PUSH"; else echo "$PUSH-$1"; fi; }

image_java() { "$JAVA_HOME/bin/java" -XX:TieredStopAtLevel=1 --sun-misc-unsafe-memory-access=allow \
    -cp "$ROOT/kakehashi-image/target/classes:$ROOT/kakehashi-image/target/lib/*" "dev.kakehashi.image.$1" "${@:2}"; }

jib() { image_java ImageMain "$@"; }

[ $# -gt 0 ] || set -- amd64 arm64
ARCHITECTURES=$*
need image
use_jdk
mkdir -p "$IMAGES" "$BUILD/logs"
if [ "$1" = --next ]; then
    make_next
    exit
fi
for architecture in "$@"; do make_image "$architecture"; done
if [ -n "${PUSH:-}" ] && [ $# -gt 1 ]; then
    image_java IndexMain "$PUSH" "$@"
fi
