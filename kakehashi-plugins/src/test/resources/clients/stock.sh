# shellcheck shell=bash
# A container with published ports in the network that Podman comes with, and one in two networks.
# shellcheck disable=SC2154 # $work is of frame.sh
make_outside
ask=(perl "$HERE/echo.pl" ask)

show "started" start web --publish 8080:80/tcp --publish 8080:80/udp
web=$(container_pid web)
inside "$web" perl "$HERE/echo.pl" serve web 80 "$work/web" &
await "$work/web" $! /dev/null
outside perl "$HERE/echo.pl" serve outside 80 "$work/outside" &
await "$work/outside" $! /dev/null
show "address" podman exec web /bin/ip -o -4 address show dev eth0
show "inspected" podman inspect --format '{{(index .NetworkSettings.Networks "podman").IPAddress}}' web
show "published tcp" outside "${ask[@]}" tcp 192.0.2.1 8080
show "published udp" outside "${ask[@]}" udp 192.0.2.1 8080
show "published, by localhost" "${ask[@]}" tcp 127.0.0.1 8080
show "hairpin tcp" inside "$web" "${ask[@]}" tcp 192.0.2.1 8080
show "hairpin udp" inside "$web" "${ask[@]}" udp 192.0.2.1 8080
show "outwards" inside "$web" "${ask[@]}" tcp 192.0.2.2 80

show "second network" podman network create --subnet 10.99.1.0/24 second
show "its plugins" cat /etc/cni/net.d/second.conflist
show "in two" start both --network podman,second --publish 8081:80/tcp
both=$(container_pid both)
inside "$both" perl "$HERE/echo.pl" serve both 80 "$work/both" &
await "$work/both" $! /dev/null
show "two networks" podman exec both /bin/ip -o -4 address show
show "two networks, published" outside "${ask[@]}" tcp 192.0.2.1 8081
show "neighbour in the first" inside "$both" "${ask[@]}" tcp 10.88.0.2 80
show "disconnect" podman network disconnect second both
show "one network" podman exec both /bin/ip -o -4 address show
show "one network, published" outside "${ask[@]}" tcp 192.0.2.1 8081
show "connect" podman network connect second web
show "connected" podman exec web /bin/ip -o -4 address show

show "stop" podman stop --time 0 web
show "published after stop" outside "${ask[@]}" tcp 192.0.2.1 8080
remove_container web
remove_container both
show "rules after" sh -c 'iptables-save && nft list ruleset'
show "links after" links
show "leases after" find "$work/libcni" -name '10.*'
