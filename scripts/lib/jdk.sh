# shellcheck shell=bash
# Finds or fetches a JDK of at least $JDK_MINIMUM and exports JAVA_HOME. Sourced after common.sh and packages.sh.

JDK_MINIMUM=25
# Used only where neither the machine nor its distribution has one. The sums are those of the vendor's releases.
TEMURIN_VERSION=25.0.4+7
# shellcheck disable=SC2034 # by indirection
TEMURIN_SHA256_amd64=e58fcdcd637b25c03ca84cbbcefc70d11efb8f4b4cbd05decc9f661769d77f94
# shellcheck disable=SC2034
TEMURIN_SHA256_arm64=621f7196f0b682fb557da58bec89bd7dfe5419811fe1c0ba75c9cc8432f084c7

# The feature version of the JDK in a folder; nothing where there is no compiler in it.
jdk_version() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

jdk_suffices() {
    local version
    version=$(jdk_version "$1")
    [ -n "$version" ] && [ "$version" -ge $JDK_MINIMUM ]
}

# Prints the home of a suitable JDK on this machine; fails if there is none.
find_jdk() {
    local home newest='' version best=0
    if [ -n "${JAVA_HOME:-}" ] && jdk_suffices "$JAVA_HOME"; then
        echo "$JAVA_HOME"
        return
    fi
    for home in /usr/lib/jvm/* /opt/java/* "$(cache_dir)"/jdk/*; do
        version=$(jdk_version "$home")
        if [ -n "$version" ] && [ "$version" -ge $JDK_MINIMUM ] && [ "$version" -gt "$best" ]; then
            newest=$home best=$version
        fi
    done
    [ -n "$newest" ] && echo "$newest"
}

install_jdk() {
    local package=openjdk-$JDK_MINIMUM-jdk-headless
    if command -v apt-get >/dev/null && is_root; then
        apt_update || true
        if apt-cache show "$package" >/dev/null 2>&1; then
            install_packages "Java" "$package" && return
        fi
    fi
    download_jdk
}

download_jdk() {
    local arch sum_name vendor_arch archive home
    arch=$(architecture)
    sum_name=TEMURIN_SHA256_$arch
    [ -n "${!sum_name:-}" ] || die "no JDK >= $JDK_MINIMUM found for $arch: install one and set JAVA_HOME"
    case $arch in amd64) vendor_arch=x64 ;; arm64) vendor_arch=aarch64 ;; esac
    archive=OpenJDK25U-jdk_${vendor_arch}_linux_hotspot_${TEMURIN_VERSION/+/_}.tar.gz
    home=$(cache_dir)/jdk/temurin-$TEMURIN_VERSION
    need base || return 1
    step "Downloading the JDK: Temurin $TEMURIN_VERSION (210 MB)"
    download "https://github.com/adoptium/temurin25-binaries/releases/download/jdk-${TEMURIN_VERSION/+/%2B}/$archive" \
        "${!sum_name}" "$(cache_dir)/download/$archive" || return 1
    mkdir -p "$home.part"
    tar -xzf "$(cache_dir)/download/$archive" -C "$home.part" --strip-components=1
    mv "$home.part" "$home"
    rm -f "$(cache_dir)/download/$archive"
}

# Exports JAVA_HOME, installing a JDK if need be.
use_jdk() {
    JAVA_HOME=$(find_jdk) || {
        install_jdk || die "no JDK >= $JDK_MINIMUM: install one and set JAVA_HOME to it"
        JAVA_HOME=$(find_jdk) || die "the JDK that was installed is not in /usr/lib/jvm: set JAVA_HOME to it"
    }
    export JAVA_HOME
}
