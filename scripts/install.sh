#!/usr/bin/env bash
# Copies dist/ to $DESTDIR$PREFIX/lib/kakehashi, links the commands, completions and manual pages into $PREFIX and the plugins
# into $CNI_BIN, and leaves the service of the agent, and what keeps other programs' hands off its devices, where systemd,
# udev and NetworkManager look.
source "$(dirname "$0")/lib/common.sh"
PREFIX=${PREFIX:-/usr/local}
CNI_BIN=${CNI_BIN:-/opt/cni/bin}
root=${DESTDIR:-}
home=$root$PREFIX/lib/kakehashi
mkdir -p "$home" "$root$PREFIX/bin" "$root$CNI_BIN"
cp -a "$ROOT"/dist/. "$home.part/" 2>/dev/null || { mkdir -p "$home.part" && cp -a "$ROOT"/dist/. "$home.part/"; }
rm -rf "$home"
mv "$home.part" "$home"
for command in "$home"/bin/*; do
    ln -sfn "$PREFIX/lib/kakehashi/bin/$(basename "$command")" "$root$PREFIX/bin/$(basename "$command")"
done
for plugin in "$home"/cni/*; do
    [ -e "$plugin" ] || continue
    install -m 755 "$plugin" "$root$CNI_BIN/.$(basename "$plugin").part"
    mv "$root$CNI_BIN/.$(basename "$plugin").part" "$root$CNI_BIN/$(basename "$plugin")"
done
completions=$PREFIX/share/bash-completion/completions
mkdir -p "$root$completions" "$root$PREFIX/share/man/man1"
ln -sfn "$PREFIX/lib/kakehashi/share/bash-completion/completions/kakehashi" "$root$completions/kakehashi"
for page in "$home"/share/man/man1/*.1; do
    [ -e "$page" ] || continue
    ln -sfn "$PREFIX/lib/kakehashi/share/man/man1/$(basename "$page")" "$root$PREFIX/share/man/man1/$(basename "$page")"
done

# Below $PREFIX systemd, networkd and udev look too; NetworkManager does not.
systemd=$root$PREFIX/lib/systemd
mkdir -p "$systemd/system" "$systemd/network" "$systemd/networkd.conf.d" "$root/etc/kakehashi" "$root/etc/NetworkManager/conf.d"
host=$ROOT/deploy/host
for unit in "$ROOT"/deploy/systemd/*.service; do
    sed "s|@PREFIX@|$PREFIX|" "$unit" >"$systemd/system/$(basename "$unit")"
done
# What a person has written there stays.
[ -e "$root/etc/kakehashi/agent.env" ] || install -m 644 "$ROOT/deploy/systemd/agent.env" "$root/etc/kakehashi/agent.env"
install -m 644 "$host"/systemd/network/10-kakehashi.* "$systemd/network/"
install -m 644 "$host/systemd/networkd.conf.d/90-kakehashi.conf" "$systemd/networkd.conf.d/"
install -m 644 "$host/NetworkManager/conf.d/90-kakehashi.conf" "$root/etc/NetworkManager/conf.d/"
say "installed in $root$PREFIX/lib/kakehashi, plugins in $root$CNI_BIN; systemctl daemon-reload, then systemctl enable --now kakehashi-agent"
