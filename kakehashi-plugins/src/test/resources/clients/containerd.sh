# shellcheck shell=bash
# The distribution's containerd and runc.
# shellcheck disable=SC2154 # $work is of frame.sh
export CONTAINERD_NAMESPACE=$GROUP

start_engine() {
    mkdir -p /run/containerd
    cat >"$work/config.toml" <<CONFIG
version = 2
root = "$work/root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri"]
[grpc]
  address = "/run/containerd/containerd.sock"
CONFIG
    containerd --config "$work/config.toml" >"$work/containerd.log" 2>&1 &
    containerd=$!
    await /run/containerd/containerd.sock "$containerd" "$work/containerd.log"
}

stop_engine() {
    kill "$containerd"
    wait "$containerd" || true
}

# task_pid NAME: the first process of a container.
task_pid() { ctr task ls | awk -v name="$1" '$1 == name { print $2 }'; }

remove_container() {
    ctr task kill --signal KILL "$1"
    ctr task rm --force "$1" >/dev/null 2>&1 || true
    ctr container rm "$1"
}
