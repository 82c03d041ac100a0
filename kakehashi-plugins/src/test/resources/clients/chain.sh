# shellcheck shell=bash
# A whole chain on a host that refuses to forward, by $BACKEND; its administrator lets in what is sent to published ports.
# shellcheck disable=SC2154 # $work is of frame.sh
make_outside
echo 1 >/proc/sys/net/ipv4/ip_forward
if [ "$BACKEND" = iptables ]; then
    iptables -P FORWARD DROP
    iptables -N CNI-ADMIN
    iptables -A CNI-ADMIN -m conntrack --ctstate DNAT -j ACCEPT
    rules() { iptables-save && nft list ruleset; }
else
    nft 'add table inet site
        add chain inet site forward { type filter hook forward priority filter; policy drop; }
        add chain inet site CNI-ADMIN
        add rule inet site CNI-ADMIN ct status dnat accept'
    rules() { nft list ruleset; }
fi

# `ctr` passes no port mappings, so they are in the configuration, as a runtime would put them there.
# network NAME BRIDGE SUBNET PORTMAP_KEYS
network() {
    cat >/etc/cni/net.d/10-pods.conflist <<CONFIG
{
  "cniVersion": "1.0.0",
  "name": "$1",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "$2",
      "isDefaultGateway": true,
      "ipMasq": true,
      "hairpinMode": true,
      "ipam": {"type": "host-local", "dataDir": "$work/cni", "ranges": [[{"subnet": "$3"}]]}
    },
    {"type": "portmap", "backend": "$BACKEND", "snat": true, "runtimeConfig": {"portMappings": [$4]}},
    {"type": "firewall", "backend": "$BACKEND", "ingressPolicy": "same-bridge"},
    {"type": "bandwidth", "ingressRate": 40000000, "ingressBurst": 800000, "egressRate": 24000000, "egressBurst": 800000},
    {"type": "tuning", "mtu": 1400}
  ]
}
CONFIG
}
# Not detached: then `ctr` calls DEL when the container has ended.
declare -A runs
start() {
    local i
    ctr run --rm --null-io --cni --rootfs "$ROOTFS" "$1" /bin/sleep 1000 &
    runs[$1]=$!
    for ((i = 0; i < 300; i++)); do
        ! ctr task ls | grep -q "^$1 .*RUNNING" || return 0
        kill -0 "${runs[$1]}" || return 1
        sleep 0.1
    done
}
end() {
    ctr task kill --signal KILL "$1"
    wait "${runs[$1]}" || true
}

network pods pods0 10.12.0.0/24 '{"hostPort": 8080, "containerPort": 80, "protocol": "tcp"},
    {"hostPort": 8080, "containerPort": 80, "protocol": "udp"}'
start web
network pods pods0 10.12.0.0/24 ''
start neighbour
network others others0 10.13.0.0/24 ''
start stranger
web=$(task_pid web) neighbour=$(task_pid neighbour) stranger=$(task_pid stranger)
inside "$web" perl "$HERE/echo.pl" serve web 80 "$work/web" &
await "$work/web" $! /dev/null
outside perl "$HERE/echo.pl" serve outside 80 "$work/outside" &
await "$work/outside" $! /dev/null
inside "$web" perl "$HERE/echo.pl" pour 81 "$work/pour" &
await "$work/pour" $! /dev/null
outside perl "$HERE/echo.pl" pour 81 "$work/outside-pour" &
await "$work/outside-pour" $! /dev/null
ask=(perl "$HERE/echo.pl" ask)
fetch=(perl "$HERE/echo.pl" fetch)

show "published tcp" outside "${ask[@]}" tcp 192.0.2.1 8080
show "published udp" outside "${ask[@]}" udp 192.0.2.1 8080
show "published, from this host" "${ask[@]}" tcp 192.0.2.1 8080
show "published, by localhost" "${ask[@]}" tcp 127.0.0.1 8080
show "hairpin tcp" inside "$web" "${ask[@]}" tcp 192.0.2.1 8080
show "hairpin udp" inside "$web" "${ask[@]}" udp 192.0.2.1 8080
show "from a neighbour" inside "$neighbour" "${ask[@]}" tcp 192.0.2.1 8080
show "outwards" inside "$web" "${ask[@]}" tcp 192.0.2.2 80
show "not published" outside "${ask[@]}" tcp 192.0.2.1 8081
show "around the published port" outside "${ask[@]}" tcp 10.12.0.2 80
show "of another network" inside "$stranger" "${ask[@]}" tcp 10.12.0.2 80
show "download" inside "$web" "${fetch[@]}" 192.0.2.2 81 10000000
show "upload" "${fetch[@]}" 10.12.0.2 81 6000000
show "tuned" ctr task exec --exec-id tuned web /bin/ip link show eth0

for container in web neighbour stranger; do end $container; done
show "rules after" rules
show "links after" links
show "published after" outside "${ask[@]}" tcp 192.0.2.1 8080
