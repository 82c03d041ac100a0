# shellcheck shell=bash
# The runtime itself calls CNI: it reads the standard folders.
# shellcheck disable=SC2154 # $work is of frame.sh
cat >/etc/cni/net.d/10-pods.conflist <<CONFIG
{
  "cniVersion": "1.0.0",
  "name": "pods",
  "plugins": [
    {
      "type": "bridge",
      "bridge": "pods0",
      "isDefaultGateway": true,
      "ipMasq": true,
      "ipam": {
        "type": "host-local",
        "dataDir": "$work/cni",
        "ranges": [[{"subnet": "10.11.0.0/24"}], [{"subnet": "2001:db8:11::/64"}]]
      }
    }
  ]
}
CONFIG
show "first" ctr run --rm --cni --rootfs "$ROOTFS" one /bin/sh -c \
    'ip -o address show dev eth0; ip route; ping -c 1 -W 2 10.11.0.1; ping -c 1 -W 2 2001:db8:11::1'
show "reserved after the first" ls "$work/cni/pods"
ctr run --detach --null-io --cni --rootfs "$ROOTFS" two /bin/sleep 1000
show "second reaches the first" ctr run --rm --cni --rootfs "$ROOTFS" three /bin/sh -c \
    'ip -o -4 address show dev eth0; ping -c 1 -W 2 10.11.0.3'
show "host links" ip -o link
remove_container two
