#!/usr/bin/env bash
# The systemd units, started by a real systemd: installs dist/ as `make install` does, into a virtual machine with a Debian
# of its own, and runs scripts/vm/units.sh there. It prints a line for each thing that was looked at.
#
#   scripts/vm/systemd.sh [agent]     agent: of kakehashi-agent.service the most important alone, two minutes instead of five
#
# Never on the machine itself: systemd that starts there takes its files and its control groups for its own.
source "$(dirname "$0")/../lib/all.sh"

HERE=$(cd "$(dirname "$0")" && pwd)
is_root || die "the virtual machine reads files of root: run as root"
mkdir -p "$BUILD/logs"
console=$BUILD/logs/vm-systemd-console.log
layer=$(mktemp -d /tmp/kakehashi-units.XXXXXX)
trap 'rm -rf "$layer"' EXIT
chmod 755 "$layer" # it is the machine's root folder
DESTDIR=$layer "$ROOT/scripts/install.sh" >/dev/null
install -m 755 "$HERE/units.sh" "$layer/usr/local/lib/kakehashi-units-test"
debian=$("$HERE/debian.sh") || die "no Debian for the virtual machine, see above"
status=0
"$HERE/run.sh" --timeout 1500 --console "$console" --boot "$debian" --layer "$layer" -- /usr/local/lib/kakehashi-units-test "$@" || status=$?
if [ $status -ne 0 ]; then warn "the machine's console and journal: $console"; fi
exit $status
