#!/usr/bin/env bash
# Copies dist/ to $DESTDIR$PREFIX/lib/kakehashi, links the commands into $PREFIX/bin and the plugins into $CNI_BIN.
source "$(dirname "$0")/lib/common.sh"
PREFIX=${PREFIX:-/usr/local}
CNI_BIN=${CNI_BIN:-/opt/cni/bin}
home=${DESTDIR:-}$PREFIX/lib/kakehashi
mkdir -p "$home" "${DESTDIR:-}$PREFIX/bin" "${DESTDIR:-}$CNI_BIN"
cp -a "$ROOT"/dist/. "$home.part/" 2>/dev/null || { mkdir -p "$home.part" && cp -a "$ROOT"/dist/. "$home.part/"; }
rm -rf "$home"
mv "$home.part" "$home"
for command in "$home"/bin/*; do
    ln -sfn "$PREFIX/lib/kakehashi/bin/$(basename "$command")" "${DESTDIR:-}$PREFIX/bin/$(basename "$command")"
done
for plugin in "$home"/cni/*; do
    [ -e "$plugin" ] || continue
    install -m 755 "$plugin" "${DESTDIR:-}$CNI_BIN/.$(basename "$plugin").part"
    mv "${DESTDIR:-}$CNI_BIN/.$(basename "$plugin").part" "${DESTDIR:-}$CNI_BIN/$(basename "$plugin")"
done
completions=$PREFIX/share/bash-completion/completions
mkdir -p "${DESTDIR:-}$completions"
ln -sfn "$PREFIX/lib/kakehashi/share/bash-completion/completions/kakehashi" "${DESTDIR:-}$completions/kakehashi"
say "installed in ${DESTDIR:-}$PREFIX/lib/kakehashi, plugins in ${DESTDIR:-}$CNI_BIN"
