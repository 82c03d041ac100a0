# shellcheck shell=bash
# The classic experiment: a running container without a network gets an interface by bridge and static.
cat >/etc/cni/net.d/10-classic.conflist <<'CONFIG'
{
  "cniVersion": "0.4.0",
  "name": "classic",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "classic0",
      "isGateway": true,
      "ipam": {
        "type": "static",
        "addresses": [{"address": "10.10.0.2/24", "gateway": "10.10.0.1"}],
        "routes": [{"dst": "0.0.0.0/0"}]
      }
    }
  ]
}
CONFIG
ctr run --detach --null-io --rootfs "$ROOTFS" classic /bin/sleep 1000
pid=$(task_pid classic)
export CNI_PATH=/opt/cni/bin NETCONFPATH=/etc/cni/net.d CNI_IFNAME=eth0
show "before" ctr task exec --exec-id before classic /bin/ip -o link
show "result" "$CNITOOL" add classic "/proc/$pid/ns/net"
show "check" "$CNITOOL" check classic "/proc/$pid/ns/net"
show "address" ctr task exec --exec-id address classic /bin/ip -o address show dev eth0
show "route" ctr task exec --exec-id route classic /bin/ip route
show "ping" ctr task exec --exec-id ping classic /bin/ping -c 1 -W 2 10.10.0.1
show "host" ping -n -c 1 -W 2 10.10.0.2
show "del" "$CNITOOL" del classic "/proc/$pid/ns/net"
show "after" ctr task exec --exec-id after classic /bin/ip -o link
show "host links after" links
remove_container classic
