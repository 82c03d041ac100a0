# shellcheck shell=bash
# The distribution's Podman, which is unpacked and not installed, with its CNI back end.
# shellcheck disable=SC2154 # $work is of frame.sh
files=$PEERS/podman

start_engine() {
    export LD_LIBRARY_PATH
    LD_LIBRARY_PATH=$(dirname "$(find "$files" -name 'libgpgme.so.*' -print -quit)")
    export CONTAINERS_CONF=$work/containers.conf CONTAINERS_STORAGE_CONF=$work/storage.conf
    cat >"$CONTAINERS_CONF" <<CONFIG
[containers]
seccomp_profile = "unconfined"
[engine]
cgroup_manager = "cgroupfs"
conmon_path = ["$files/usr/bin/conmon"]
events_logger = "file"
runtime = "runc"
[network]
network_backend = "cni"
cni_plugin_dirs = ["/opt/cni/bin"]
network_config_dir = "/etc/cni/net.d"
CONFIG
    # No image is ever stored.
    cat >"$CONTAINERS_STORAGE_CONF" <<CONFIG
[storage]
driver = "vfs"
graphroot = "$work/root"
runroot = "/run/containers"
CONFIG
    cp "$files/etc/cni/net.d/87-podman-bridge.conflist" /etc/cni/net.d/
}

stop_engine() { :; }

podman() { "$files/usr/bin/podman" "$@"; }

# start NAME OPTION...: a container that does nothing.
start() {
    local name=$1
    shift
    podman run --detach --name "$name" --cgroup-parent "/$GROUP" "$@" --rootfs "$ROOTFS" /bin/sleep 1000
}

container_pid() { podman inspect --format '{{.State.Pid}}' "$1"; }

remove_container() { podman rm --force --time 0 "$1" >/dev/null; }
