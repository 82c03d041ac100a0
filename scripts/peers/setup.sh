#!/usr/bin/env bash
# Makes the peers that ours are compared with, outside of the tree, once a machine; prints nothing when they are there.
#
#   CACHE/peers/reference/   the reference plugins, built from their published source
#   CACHE/peers/debian/      the same as the distribution packages them (older), unpacked and not installed
#   CACHE/peers/firewalld/   the distribution's firewalld, unpacked
#   CACHE/peers/podman/      the distribution's Podman, unpacked
#   CACHE/peers/etcd/        the distribution's etcd, server and etcdctl, unpacked
#   CACHE/peers/kubernetes/  the programs of Kubernetes, built from their published source
#   CACHE/peers/flannel/     a node of Flannel, built from its published packages
#   CACHE/peers/bin/         cnitool, go
#
# CACHE is /var/cache/kakehashi, or $KAKEHASHI_CACHE.
source "$(dirname "$0")/../lib/all.sh"

PLUGINS_VERSION=v1.9.1
CNITOOL_VERSION=v1.3.0
# As in kubernetes/go.mod.
KUBERNETES_VERSION=v1.36.3
# As in flannel/go.mod.
FLANNEL_VERSION=v0.28.4
# Another number when flannel/flanneld changes.
FLANNEL_BUILD=2
KUBERNETES_COMMANDS="kube-apiserver kube-controller-manager kube-proxy kube-scheduler kubectl kubelet"
PLUGINS="main/bridge main/dummy main/host-device main/ipvlan main/loopback main/macvlan main/ptp main/tap main/vlan
    ipam/dhcp ipam/host-local ipam/static
    meta/bandwidth meta/firewall meta/portmap meta/sbr meta/tuning meta/vrf"
# What the plugins' go.mod asks for.
GO_MINIMUM=24
# Used only where there is no such Go. Go publishes its toolchains as modules; the checksum database vouches for them.
GO_VERSION=1.24.13

PEERS=$(cache_dir)/peers

# Go's minor version, or nothing.
go_version() { "$1" version 2>/dev/null | sed -n 's/^go version go1\.\([0-9]*\).*/\1/p'; }

# Prints the path of a Go that is new enough, fetching one if need be.
use_go() {
    local go version
    for go in "$(command -v go || true)" /usr/local/go/bin/go /usr/lib/go-1.*/bin/go "$PEERS/go/bin/go"; do
        [ -x "$go" ] || continue
        version=$(go_version "$go")
        if [ -n "$version" ] && [ "$version" -ge $GO_MINIMUM ]; then
            echo "$go"
            return
        fi
    done
    fetch_go >&2
    echo "$PEERS/go/bin/go"
}

# An old Go can fetch a new one as a module, checked like any module; it only cannot run it by itself.
fetch_go() {
    local old module work folder
    module="golang.org/toolchain@v0.0.1-go$GO_VERSION.linux-$(architecture)"
    old=$(command -v go || true)
    if [ -z "$old" ]; then
        install_packages "the reference plugins" golang-go
        old=$(command -v go)
    fi
    step "Fetching Go $GO_VERSION"
    work=$(mktemp -d)
    (cd "$work" && GOMODCACHE=$work/modules GOFLAGS=-modcacherw GOTOOLCHAIN=local \
        quietly "$BUILD/logs/go-download.log" "$old" mod download "$module")
    folder=$work/modules/$module
    # Modules carry no permissions.
    chmod -R u+rwX,go+rX "$folder"
    chmod 755 "$folder"/bin/* "$folder"/pkg/tool/*/*
    rm -rf "$PEERS/go"
    mv "$folder" "$PEERS/go"
    rm -rf "$work"
}

# go_install FOLDER PACKAGE@VERSION...
go_install() {
    local folder=$1 go
    shift
    go=$(use_go)
    rm -rf "$folder.part"
    mkdir -p "$folder.part"
    GOBIN=$folder.part CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS="-trimpath -ldflags=-s" \
        quietly "$BUILD/logs/go-install.log" "$go" install "$@"
    rm -rf "$folder"
    mv "$folder.part" "$folder"
}

make_reference() {
    local packages=() plugin
    step "Building the reference plugins $PLUGINS_VERSION from source"
    for plugin in $PLUGINS; do
        packages+=("github.com/containernetworking/plugins/plugins/$plugin@$PLUGINS_VERSION")
    done
    go_install "$PEERS/plugins-$PLUGINS_VERSION" "${packages[@]}"
}

# libraries_of PACKAGE...: the libraries they need that the machine has not; their names differ from release to release.
libraries_of() {
    apt-get -q -s --no-install-recommends install "$@" 2>/dev/null | sed -n 's/^Inst \(lib[^ ]*\) .*/\1/p'
}

# unpack FOLDER PACKAGE...: the distribution's packages, not installed: their services would start with the machine, and
# their configuration would be the machine's. With their libraries.
unpack() {
    local folder=$1 work package libraries
    shift
    command -v apt-get >/dev/null || return 1
    step "Unpacking the distribution's $1"
    work=$(mktemp -d)
    apt_update
    mapfile -t libraries < <(libraries_of "$@")
    (cd "$work" && quietly "$BUILD/logs/apt-download.log" apt-get -q -y -o APT::Sandbox::User=root download "$@" "${libraries[@]}") || {
        rm -rf "$work"
        return 1
    }
    for package in "$work"/*.deb; do dpkg -x "$package" "$work/root"; done
    rm -rf "$folder"
    mv "$work/root" "$folder"
    rm -rf "$work"
}

# speaker NAME PACKAGE...: with the script that runs it, since its libraries are nowhere but here.
speaker() {
    local name=$1
    shift
    unpack "$PEERS/$name" "$@" && install -m 755 "$ROOT/scripts/peers/run-$name" "$PEERS/$name/$name"
}

# With a file `title` beside the plugins: one version is built with other libraries from release to release.
make_debian() {
    local package=containernetworking-plugins version
    unpack "$PEERS/debian.part" $package || return 1
    version=$(apt-cache show --no-all-versions $package | sed -n 's/^Version: \([0-9.]*\).*/\1/p')
    (
        # shellcheck source=/dev/null # of the machine
        . /etc/os-release
        # shellcheck disable=SC2153 # both are its
        echo "${NAME%% *} ${VERSION_ID:-}'s $package $version" >"$PEERS/debian.part/usr/lib/cni/title"
    )
    rm -rf "$PEERS/debian"
    mv "$PEERS/debian.part/usr/lib/cni" "$PEERS/debian"
    rm -rf "$PEERS/debian.part"
}

# go_build MODULE FOLDER LDFLAGS PACKAGE...: programs of a module beside this file, whose go.sum holds what they are made
# of. Niced, because somebody works here.
go_build() {
    local module=$1 folder=$2 flags=$3 go
    shift 3
    go=$(use_go)
    rm -rf "$folder.part"
    mkdir -p "$folder.part"
    (cd "$ROOT/scripts/peers/$module" && CGO_ENABLED=0 GOTOOLCHAIN=auto \
        quietly "$BUILD/logs/go-$module.log" nice -n 10 "$go" build -trimpath \
        -ldflags "-s -w $flags" -o "$folder.part/" "$@") || return 1
    rm -rf "$folder"
    mv "$folder.part" "$folder"
}

# Ten minutes of one processor, once a machine.
make_kubernetes() {
    local command packages=()
    step "Building Kubernetes $KUBERNETES_VERSION from source: this takes some minutes, once"
    for command in $KUBERNETES_COMMANDS; do packages+=("k8s.io/kubernetes/cmd/$command"); done
    go_build kubernetes "$PEERS/kubernetes-$KUBERNETES_VERSION" \
        "-X k8s.io/component-base/version.gitVersion=$KUBERNETES_VERSION" "${packages[@]}"
}

make_flannel() {
    step "Building a node of Flannel $FLANNEL_VERSION from source: this takes some minutes, once"
    go_build flannel "$PEERS/flannel-$FLANNEL_VERSION-$FLANNEL_BUILD" "" ./flanneld
}

# Whether all of it is there: an older clone may have built less.
has_kubernetes() {
    local command
    for command in $KUBERNETES_COMMANDS; do
        [ -x "$PEERS/kubernetes-$KUBERNETES_VERSION/$command" ] || return 1
    done
}

mkdir -p "$PEERS" "$BUILD/logs"
need peers
[ -x "$PEERS/plugins-$PLUGINS_VERSION/bridge" ] || make_reference
ln -sfn "plugins-$PLUGINS_VERSION" "$PEERS/reference"
[ -x "$PEERS/cnitool-$CNITOOL_VERSION/cnitool" ] || {
    step "Building cnitool $CNITOOL_VERSION"
    go_install "$PEERS/cnitool-$CNITOOL_VERSION" "github.com/containernetworking/cni/cnitool@$CNITOOL_VERSION"
}
ln -sfn "cnitool-$CNITOOL_VERSION" "$PEERS/bin"
[ -f "$PEERS/debian/title" ] || ! command -v apt-get >/dev/null || make_debian || warn "no plugins from this distribution"
# Without them the tests that are about them are skipped.
[ -x "$PEERS/firewalld/usr/sbin/firewalld" ] || unpack "$PEERS/firewalld" firewalld python3-firewall python3-nftables ||
    warn "no firewalld from this distribution"
[ -x "$PEERS/podman/usr/bin/podman" ] || unpack "$PEERS/podman" podman conmon ||
    warn "no Podman from this distribution"
[ -x "$PEERS/etcd/usr/bin/etcd" ] || unpack "$PEERS/etcd" etcd-server etcd-client ||
    warn "no etcd from this distribution"
[ -x "$PEERS/flannel-$FLANNEL_VERSION-$FLANNEL_BUILD/flanneld" ] || make_flannel || warn "Flannel could not be built"
[ ! -d "$PEERS/flannel-$FLANNEL_VERSION-$FLANNEL_BUILD" ] || ln -sfn "flannel-$FLANNEL_VERSION-$FLANNEL_BUILD" "$PEERS/flannel"
[ -x "$PEERS/bird/bird" ] || speaker bird bird2 || warn "no BIRD from this distribution"
[ -x "$PEERS/frr/frr" ] || speaker frr frr || warn "no FRR from this distribution"
has_kubernetes || make_kubernetes || warn "Kubernetes could not be built"
[ ! -d "$PEERS/kubernetes-$KUBERNETES_VERSION" ] || ln -sfn "kubernetes-$KUBERNETES_VERSION" "$PEERS/kubernetes"
