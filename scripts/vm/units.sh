#!/usr/bin/env bash
# Run by scripts/vm/systemd.sh inside a virtual machine that systemd has started and Kakehashi is installed on: do the
# units do what docs/observability.md says of them? A line for each thing that was looked at, "ok NAME" or
# "MISSING NAME: why"; exit status 1 if one is missing. With "agent" the first part alone; TIMES=1 adds the seconds.
#
# node1 is the machine, with an underlay that systemd-networkd makes and a router at its other end, in the namespace
# "fabric". node2 is a file in the store.
set -uo pipefail
status=0
AGENT=kakehashi-agent.service BIRD=kakehashi-bird.service
STORE=/etc/kakehashi/cluster
SCRATCH=$(mktemp -d)

# attempt NAME COMMAND...: in this shell, so that it may leave variables behind.
attempt() {
    local name=$1
    shift
    if "$@" >"$SCRATCH/output" 2>&1; then
        echo "ok      $name"
    else
        echo "MISSING $name: $(tr -s '\n' ' ' <"$SCRATCH/output" | tail -c 2000)"
        status=1
    fi
    [ -z "${TIMES:-}" ] || echo "        $SECONDS s"
}

# within SECONDS COMMAND...: until it succeeds; shows what it said last when it never does.
within() {
    local end=$((SECONDS + $1)) output
    shift
    until output=$("$@" 2>&1); do
        if [ "$SECONDS" -ge "$end" ]; then
            echo "not in time: $*: $output"
            return 1
        fi
        sleep 0.5
    done
}

# same A B: two texts, and how they differ.
same() { diff <(echo "$1") <(echo "$2"); }

property() { systemctl show --value --property "$2" "$1"; }
# has UNIT PROPERTY VALUE
has() { [ "$(property "$1" "$2")" = "$3" ] || { echo "$2 of $1 is $(property "$1" "$2")" && false; }; }

ready() {
    local answer
    exec 3<>/dev/tcp/127.0.0.1/9476 || return 1
    printf 'GET /readyz HTTP/1.0\r\n\r\n' >&3
    answer=$(cat <&3)
    exec 3<&-
    [[ $answer == "HTTP/1."?" 200"* ]] || { echo "$answer" && return 1; }
}

# What is to outlive the agent: pods, routes, devices, rules and addresses, without counters and ages.
kept() {
    local pod
    for pod in pod1 pod2; do
        ip -n "$pod" -br address show dev eth0
        ip -n "$pod" route
    done
    ip -br link | grep -E '^(cni0|flannel|kakehashi|veth)'
    ip -br address show dev cni0
    ip route | grep -E 'proto (75|bird)|flannel|cni0'
    bridge fdb show dev flannel.1 2>/dev/null
    nft list tables
    find /var/lib/cni/networks -type f ! -name lock ! -name 'last_reserved*'
}

# started: another process than $process, ready.
process=0
started() {
    within 120 has "$AGENT" ActiveState active || return 1
    [ "$(property "$AGENT" MainPID)" != "$process" ] || { echo "it is process $process as before" && return 1; }
    within 300 ready || return 1
    process=$(property "$AGENT" MainPID)
}

# unchanged: what has to outlive the agent did, and no ping was lost yet.
unchanged() { same "$before" "$(kept)"; }

# networkd that is restarted takes its own addresses away and makes them again, unless it is told to keep them.
underlay() {
    mkdir -p /etc/systemd/network
    printf '[NetDev]\nName=under0\nKind=veth\n[Peer]\nName=fabric0\n' >/etc/systemd/network/20-under0.netdev
    printf '[Match]\nName=under0\n[Network]\nKeepConfiguration=static\nAddress=198.51.100.1/24\n[Route]\nGateway=198.51.100.254\nGatewayOnLink=yes\n' \
        >/etc/systemd/network/20-under0.network
    ip netns add fabric &&
        systemctl enable --now systemd-networkd &&
        within 120 ip link set fabric0 netns fabric &&
        ip -n fabric address add 198.51.100.254/24 dev fabric0 &&
        ip -n fabric link set fabric0 up &&
        ip -n fabric link set lo up &&
        within 120 ping -c 1 -W 1 198.51.100.254
}

store() {
    mkdir -p "$STORE/networks" "$STORE/nodes" "$STORE/bgppeers"
    cat >"$STORE/nodes/node2.yaml" <<'YAML'
apiVersion: v1
kind: Node
metadata:
  name: node2
  annotations:
    kakehashi.dev/vtep-mac: "2a:d8:e6:93:9a:fb"
    flannel.alpha.coreos.com/kube-subnet-manager: "true"
    flannel.alpha.coreos.com/backend-type: vxlan
    flannel.alpha.coreos.com/public-ip: 198.51.100.2
    flannel.alpha.coreos.com/backend-data: '{"VNI":1,"VtepMAC":"2a:d8:e6:93:9a:fb"}'
spec:
  podCIDR: 10.244.2.0/24
  podCIDRs:
  - 10.244.2.0/24
YAML
    carrier vxlan
}

# carrier NAME: the Network's.
carrier() {
    cat >"$STORE/networks/.new" <<YAML
apiVersion: kakehashi.dev/v1alpha1
kind: Network
metadata:
  name: default
spec:
  cidrs:
    - 10.244.0.0/16
  carrier: $1
YAML
    mv "$STORE/networks/.new" "$STORE/networks/default.yaml"
}

# As a person does who has read agent.env.
configure() {
    sed -i "s|^KAKEHASHI_AGENT_OPTIONS=.*|KAKEHASHI_AGENT_OPTIONS=--node node1 --store $STORE --cni-conf-dir /etc/cni/net.d --bird external|" \
        /etc/kakehashi/agent.env
}

add() { ip netns add "$1" && kakehashi cni add default "/run/netns/$1"; }
address_of() { ip -n "$1" -4 -o address show dev eth0 | sed 's/.* inet \([^/]*\).*/\1/'; }

reachable() { ip netns exec pod1 ping -c 2 "$(address_of pod2)" && ip netns exec pod1 ping -c 2 198.51.100.254; }
# As root without a unit has all of them.
confined() {
    grep -x 'NoNewPrivs:.1' "/proc/$process/status" &&
        [ "$(grep ^CapBnd: "/proc/$process/status")" != "$(grep ^CapBnd: /proc/self/status)" ]
}

# Pings from one pod to the other, and through the node to the fabric, until settle.
pings=()
traffic() {
    ip netns exec pod1 ping -D -i 0.2 "$(address_of pod2)" >"$SCRATCH/pods" &
    pings+=($!)
    ip netns exec pod1 ping -D -i 0.2 198.51.100.254 >"$SCRATCH/fabric" &
    pings+=($!)
}
settle() {
    kill -INT "${pings[@]}"
    wait "${pings[@]}"
    grep -h -B 1 -A 1 From "$SCRATCH/pods" "$SCRATCH/fabric" # what said that it could not be sent
    tail -n 3 "$SCRATCH/pods" "$SCRATCH/fabric" | grep transmitted
    [ "$(grep -h -c ' 0% packet loss' "$SCRATCH/pods" "$SCRATCH/fabric" | paste -sd +)" = 1+1 ]
}

restarted() { systemctl restart "$AGENT" && started && has "$AGENT" NRestarts 0 && unchanged; }
killed() { systemctl kill --signal KILL "$AGENT" && within 120 has "$AGENT" NRestarts 1 && started && unchanged; }
# 0 is the agent's own proper end; being killed by the signal would do for systemd.
stopped() {
    systemctl stop "$AGENT" && has "$AGENT" ActiveState inactive && has "$AGENT" Result success && has "$AGENT" ExecMainStatus 0 &&
        has "$AGENT" ExecMainCode 1 && unchanged
}
# With the agent stopped: its healing would hide what networkd does.
networkd_leaves_it() {
    systemctl restart systemd-networkd && within 120 ping -c 1 -W 1 198.51.100.254 && sleep 2 && unchanged &&
        networkctl list --no-pager --no-legend >"$SCRATCH/links" &&
        for device in cni0 flannel.1 $(ip -o link | sed -n 's/^[0-9]*: \(veth[0-9a-f]*\)@.*/\1/p'); do
            grep -E " $device .* unmanaged" "$SCRATCH/links" || { cat "$SCRATCH/links" && return 1; }
        done
}
udev_leaves_it() {
    local device
    for device in cni0 flannel.1; do
        udevadm info "/sys/class/net/$device" | grep -x 'E: ID_NET_LINK_FILE=/usr/local/lib/systemd/network/10-kakehashi.link' ||
            { udevadm info "/sys/class/net/$device" && return 1; }
    done
    ip -o link show dev flannel.1 | grep -i "$(sed -n 's/.*vtep-mac: *"*\([0-9a-f:]*\).*/\1/p' "$STORE/nodes/node1.yaml")"
}
on_demand() { add pod3 && ip netns exec pod3 ping -c 1 -W 5 "$(address_of pod1)"; }
# The agent on demand has to give way, and its attachment is known.
back() { systemctl start "$AGENT" && started && unchanged && kakehashi status && kakehashi cni check default /run/netns/pod3; }

# Not in the machine's own way: the fabric's router is no part of what is looked at.
router() {
    mkdir -p "$SCRATCH/router"
    cat >"$SCRATCH/router/bird.conf" <<'BIRD'
router id 198.51.100.254;
protocol device {}
protocol static { ipv4; route 203.0.113.0/24 blackhole; }
protocol bgp node1 {
    local 198.51.100.254 as 64513;
    neighbor 198.51.100.1 as 64512;
    graceful restart;
    ipv4 { import all; export all; };
}
BIRD
    ip netns exec fabric bird -c "$SCRATCH/router/bird.conf" -s "$SCRATCH/router/bird.ctl" -P "$SCRATCH/router/bird.pid"
}
peer() {
    cat >"$STORE/bgppeers/fabric.yaml" <<'YAML'
apiVersion: kakehashi.dev/v1alpha1
kind: BGPPeer
metadata:
  name: fabric
spec:
  peerAddress: 198.51.100.254
  peerAsNumber: 64513
YAML
}
subnet() { ip -4 -o address show dev cni0 | sed 's/.* inet \([0-9.]*\)\.1\/24.*/\1.0\/24/'; }
exchanged() {
    ip route | grep -E '^203.0.113.0/24 via 198.51.100.254 .*proto bird' &&
        birdc -s "$SCRATCH/router/bird.ctl" show route | grep "$(subnet)" && kakehashi bgp
}
by_bgp() { rm "$STORE/nodes/node2.yaml" && carrier bgp && systemctl enable --now "$BIRD" && within 300 exchanged && kakehashi status; }
# watched COMMAND...: meanwhile neither side loses the other's route.
watched() {
    local watcher result=0
    (while sleep 0.2; do
        ip route | grep -q '^203.0.113.0/24 ' || echo "the node lost the route"
        birdc -s "$SCRATCH/router/bird.ctl" show route | grep -q "$(subnet)" || echo "the router lost the route"
    done) >"$SCRATCH/lost" 2>&1 &
    watcher=$!
    "$@" || result=1
    kill "$watcher"
    wait "$watcher" 2>/dev/null
    [ ! -s "$SCRATCH/lost" ] || { sort "$SCRATCH/lost" | uniq -c && result=1; }
    return "$result"
}
bird_killed() {
    local former
    former=$(property "$BIRD" MainPID)
    systemctl kill --signal KILL "$BIRD" && within 120 has "$BIRD" NRestarts 1 && within 120 exchanged &&
        [ "$(property "$BIRD" MainPID)" != "$former" ]
}
bird_restarted() { systemctl restart "$BIRD" && within 120 exchanged && has "$BIRD" ActiveState active; }
agent_restarted() { systemctl restart "$AGENT" && started && exchanged; }
bird_stopped() { systemctl stop "$BIRD" && has "$BIRD" Result success && [ -z "$(pgrep -f kakehashi/bgp)" ]; }

deleted() {
    local pod
    for pod in pod1 pod2 pod3; do kakehashi cni del default "/run/netns/$pod" && ip netns delete "$pod" || return 1; done
    [ -z "$(find /var/lib/cni/networks/default -name '10.*')" ] && ! ip -br link | grep ^veth
}

# The units of the reference plugin (containernetworking/plugins, plugins/ipam/dhcp/systemd), as docs/plugins/dhcp.md says.
dhcp() {
    cat >/etc/systemd/system/cni-dhcp.service <<'UNIT'
[Unit]
Description=CNI DHCP service
After=network.target cni-dhcp.socket
Requires=cni-dhcp.socket

[Service]
ExecStart=/opt/cni/bin/dhcp daemon
TimeoutStartSec=300

[Install]
WantedBy=multi-user.target
UNIT
    cat >/etc/systemd/system/cni-dhcp.socket <<'UNIT'
[Unit]
Description=CNI DHCP service socket
PartOf=cni-dhcp.service

[Socket]
ListenStream=/run/cni/dhcp.sock
SocketMode=0660
SocketUser=root
SocketGroup=root
RemoveOnStop=true

[Install]
WantedBy=sockets.target
UNIT
    cat >/etc/cni/net.d/50-office.conflist <<'CNI'
{"cniVersion": "1.0.0", "name": "office", "plugins": [{"type": "bridge", "bridge": "office0",
  "ipam": {"type": "dhcp", "daemonSocketPath": "/run/cni/dhcp.sock"}}]}
CNI
    ip link add office0 type bridge && ip address add 192.168.1.1/24 dev office0 && ip link set office0 up &&
        systemd-run --unit office-dhcp dnsmasq --keep-in-foreground --port=0 --conf-file=/dev/null --interface=office0 --bind-interfaces \
            --dhcp-range=192.168.1.5,192.168.1.9,255.255.255.0,10m --dhcp-leasefile="$SCRATCH/leases" &&
        systemctl daemon-reload && systemctl enable --now cni-dhcp.socket && has cni-dhcp.service ActiveState inactive &&
        ip netns add office && kakehashi cni add office /run/netns/office &&
        has cni-dhcp.service ActiveState active && [[ $(address_of office) == 192.168.1.* ]] && ls /run/cni/dhcp.sock.leases/*.json &&
        systemctl restart cni-dhcp.service && within 120 has cni-dhcp.service ActiveState active &&
        kakehashi cni check office /run/netns/office && kakehashi cni del office /run/netns/office &&
        ! ls /run/cni/dhcp.sock.leases/*.json && systemctl stop cni-dhcp.socket cni-dhcp.service && has cni-dhcp.service Result success
}

# systemd's own words on the units, and what the programs say of themselves: but for the two that were killed, and for
# sessions that stand still while BIRD is not there.
quiet_journal() {
    local unit lines
    for unit in "$AGENT" "$BIRD"; do
        lines=$(journalctl --no-pager -o cat --unit "$unit" | grep -iE 'warn|error|fail|exception|denied|not permitted|unknown|timed out' |
            grep -vE "^$unit: Failed with result 'signal'|Main process exited, code=killed, status=9/KILL|a session of BGPPeer fabric is down: |no BIRD answers on ")
        [ -z "$lines" ] || { echo "$unit: $lines" && return 1; }
    done
}

attempt "an underlay by systemd-networkd" underlay
attempt "a store and what the agent is told" eval "store && configure && systemctl disable --now bird"
attempt "the agent starts" eval "systemctl enable --now $AGENT && started"
attempt "kakehashi status" kakehashi status
attempt "kakehashi cni add" eval "add pod1 && add pod2"
attempt "traffic of pods" reachable
attempt "confined as the unit says" confined
before=$(kept)
traffic
attempt "systemctl restart leaves what is in the kernel" restarted
attempt "systemctl kill -s KILL: another one, and nothing is lost" killed
attempt "systemctl stop ends in order and leaves what is in the kernel" stopped
attempt "systemd-networkd leaves it alone" networkd_leaves_it
attempt "udev leaves it alone" udev_leaves_it
attempt "no packet of a pod was lost" settle
if [ "${1:-}" != agent ]; then
    attempt "an ADD while the unit is stopped" on_demand
    before=$(kept)
    attempt "systemctl start takes the place of the agent on demand" back
    attempt "a router that speaks BGP" eval "router && peer"
    attempt "kakehashi-bird runs BIRD for carrier bgp" by_bgp
    attempt "a killed kakehashi-bird comes back, and no route is lost" watched bird_killed
    attempt "a restarted kakehashi-bird comes back, and no route is lost" watched bird_restarted
    attempt "the agent restarted beside kakehashi-bird" watched agent_restarted
    attempt "kakehashi-bird stops" bird_stopped
    attempt "kakehashi cni del" deleted
    attempt "the DHCP daemon by socket activation" dhcp
fi
attempt "a journal without complaints" quiet_journal
rm -rf "$SCRATCH"
exit $status
