# shellcheck shell=bash
# Debian and Ubuntu packages, by what they are needed for. Sourced after common.sh.
#
# A need is written PROBE=PACKAGE. PROBE is a command, or a path (with a slash; may be a glob), whose presence means that
# nothing has to be installed, so that other distributions work too once somebody has put the tools there.

# What each tier and target needs beyond a JDK.
needs_of() {
    case $1 in
    base) echo curl=curl unzip=unzip /etc/ssl/certs/ca-certificates.crt=ca-certificates ;;
    build) echo make=make gcc=gcc musl-gcc=musl-tools ;;
    lint) echo gcc=gcc musl-gcc=musl-tools cppcheck=cppcheck shellcheck=shellcheck ;;
    unit) ;;
    kernel) echo ip=iproute2 nft=nftables iptables=iptables ping=iputils-ping conntrack=conntrack strace=strace sysctl=procps \
        /lib/systemd/systemd-networkd=systemd ;;
    peers)
        echo ip=iproute2 nft=nftables iptables=iptables busybox=busybox-static containerd=containerd dnsmasq=dnsmasq-base sysctl=procps \
            dbus-daemon=dbus-daemon /usr/lib/python3/dist-packages/dbus/__init__.py=python3-dbus \
            /usr/lib/python3/dist-packages/gi/__init__.py=python3-gi
        ;;
    kubernetes)
        echo ip=iproute2 iptables=iptables nft=nftables busybox=busybox-static containerd=containerd nsenter=util-linux sysctl=procps \
            mmdebstrap=mmdebstrap
        ;;
    vm)
        echo qemu-system-x86_64=qemu-system-x86 depmod=kmod cpio=cpio xz=xz-utils zstd=zstd busybox=busybox-static dpkg=dpkg \
            mmdebstrap=mmdebstrap unshare=util-linux
        ;;
    soak) needs_of kernel && needs_of peers && needs_of kubernetes ;;
    image) echo mmdebstrap=mmdebstrap ;;
    cross-amd64 | image-amd64) echo x86_64-linux-gnu-gcc=gcc-x86-64-linux-gnu /usr/x86_64-linux-gnu/include/stdint.h=libc6-dev-amd64-cross ;;
    cross-arm64 | image-arm64) echo aarch64-linux-gnu-gcc=gcc-aarch64-linux-gnu /usr/aarch64-linux-gnu/include/stdint.h=libc6-dev-arm64-cross ;;
    bench) echo ip=iproute2 nft=nftables iperf3=iperf3 sockperf=sockperf wg=wireguard-tools ;;
    *) die "no such tier: $1" ;;
    esac
}

# Prints the packages of the given needs that are missing.
missing_packages() {
    local need probe
    for need in "$@"; do
        probe=${need%%=*}
        case $probe in
        */*) compgen -G "$probe" >/dev/null || echo "${need#*=}" ;;
        *) command -v "$probe" >/dev/null || echo "${need#*=}" ;;
        esac
    done
}

# More options of apt-get.
APT_OPTIONS=()

# Refreshes the package lists when they are older than a day or were never fetched.
apt_update() {
    local lists=/var/lib/apt/lists
    if [ -z "$(find $lists -maxdepth 1 -name '*_Packages*' -mtime -1 -print -quit 2>/dev/null)" ]; then
        quietly "$BUILD/logs/apt-update.log" apt-get -q "${APT_OPTIONS[@]}" update || return 1
    fi
}

# install_packages WHAT_FOR PACKAGE...: installs them, quietly, or says what a person has to do.
install_packages() {
    local purpose=$1
    shift
    [ $# -gt 0 ] || return 0
    command -v apt-get >/dev/null || {
        warn "$purpose needs what Debian packages as: $*. Install the same with this system's package manager"
        return 1
    }
    is_root || {
        warn "$purpose needs packages that only root can install: sudo apt-get install --no-install-recommends $*"
        return 1
    }
    step "Installing for $purpose: $*"
    apt_update && apt_install "$@"
}

apt_install() {
    # Services must not start on a developer's machine because a test needs their binary.
    local policy=/usr/sbin/policy-rc.d made=
    if [ ! -e $policy ]; then
        made=1
        printf '#!/bin/sh\nexit 101\n' >$policy
        chmod 755 $policy
    fi
    local status=0
    DEBIAN_FRONTEND=noninteractive quietly "$BUILD/logs/apt-install.log" \
        apt-get -q -y --no-install-recommends -o DPkg::Lock::Timeout=300 "${APT_OPTIONS[@]}" install "$@" || status=$?
    [ -z "$made" ] || rm -f $policy
    return $status
}

# need TIER...: installs what the tiers lack.
need() {
    local tier packages
    for tier in "$@"; do
        # shellcheck disable=SC2046 # needs are words
        mapfile -t packages < <(missing_packages $(needs_of "$tier"))
        install_packages "$(purpose_of "$tier")" "${packages[@]}" || return 1
    done
}

# need_other_processor: installs the compiler for the other processor if it can be had within a short while. Whoever does
# without is told so: the own processor's parts are all that this machine runs.
need_other_processor() {
    local other=arm64
    [ "$(architecture)" != arm64 ] || other=amd64
    APT_OPTIONS=(-o Acquire::http::Timeout=20 -o Acquire::https::Timeout=20 -o Acquire::Retries=0)
    need "cross-$other" || warn "the build goes on without its parts for $other"
    APT_OPTIONS=()
}

purpose_of() {
    case $1 in
    cross-*) echo "the parts for ${1#cross-}" ;;
    base) echo "every target" ;;
    build) echo "the build" ;;
    lint) echo "lint" ;;
    bench) echo "the measurements" ;;
    image*) echo "the image" ;;
    *) echo "the $1 tests" ;;
    esac
}
