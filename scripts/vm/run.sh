#!/usr/bin/env bash
# Runs a command in a small virtual machine that has this machine's files, another kernel, and its own network.
#
#   scripts/vm/run.sh [--write FOLDER]... [--memory MIB] [--timeout SECONDS] [--console FILE]
#                     [--boot FOLDER [--layer FOLDER]] [--] COMMAND [ARGUMENT...]
#
# The command sees all files as they are here; what it writes is gone afterwards, except in the folders named by --write.
# Its output comes out as it is printed (standard output and error in one), its exit status is the exit status here; 125
# when the machine itself failed. KAKEHASHI_VM_KERNEL names the package of another kernel.
#
# --boot: a machine of its own. It has FOLDER's files, with those of --layer laid over them, and sees nothing of this
# machine; FOLDER's init starts it (systemd), and the command runs once it is up. --console keeps what the kernel said, and
# the journal of a machine that has one.
source "$(dirname "$0")/../lib/all.sh"

writable=()
boot='' layer='' console=''
memory=2048
timeout=1200
while [ $# -gt 0 ]; do
    case $1 in
    --write) writable+=("$(realpath "$2")") && shift 2 ;;
    --memory) memory=$2 && shift 2 ;;
    --timeout) timeout=$2 && shift 2 ;;
    --console) console=$(realpath "$2") && shift 2 ;;
    --boot) boot=$(realpath "$2") && shift 2 ;;
    --layer) layer=$(realpath "$2") && shift 2 ;;
    --) shift && break ;;
    -*) die "vm: no such option: $1" ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || die "usage: scripts/vm/run.sh [--write FOLDER]... [--memory MIB] [--timeout SECONDS] [--console FILE] [--boot FOLDER [--layer FOLDER]] [--] COMMAND [ARGUMENT...]"
is_root || die "the virtual machine reads the files of the whole machine: run as root"

VM=$("$(dirname "$0")/setup.sh") || exit 125
work=$(mktemp -d /tmp/kakehashi-vm.XXXXXX)
console=${console:-$work/console}
children=()
cleanup() {
    [ ${#children[@]} -eq 0 ] || kill "${children[@]}" 2>/dev/null || true
    rm -rf "$work"
}
trap cleanup EXIT

virtiofsd_binary() {
    local binary
    for binary in /usr/libexec/virtiofsd /usr/lib/qemu/virtiofsd; do
        [ -x $binary ] && echo $binary && return
    done
    die "virtiofsd is missing: install the package virtiofsd"
}

# share TAG FOLDER CACHE: starts a file server and adds its device to $devices.
share() {
    local socket=$work/$1.sock options=() binary i
    binary=$(virtiofsd_binary)
    case $binary in
    # The older server, written in C, is a part of QEMU; the newer one a program of its own with other options.
    */qemu/*) "$binary" --socket-path="$socket" -o "source=$2" -o "cache=$3" -o sandbox=chroot >"$work/$1.log" 2>&1 & ;;
    *)
        # An overlay refuses folders that are announced as mount points, with "Object is remote".
        if [[ $("$binary" --help 2>&1) == *--no-announce-submounts* ]]; then options=(--no-announce-submounts); fi
        "$binary" --socket-path="$socket" --shared-dir "$2" --cache "$3" --sandbox chroot "${options[@]}" >"$work/$1.log" 2>&1 &
        ;;
    esac
    children+=($!)
    for ((i = 0; i < 100; i++)); do
        [ -S "$socket" ] && break
        sleep 0.05
    done
    [ -S "$socket" ] || { cat "$work/$1.log" >&2 && exit 125; }
    devices+=(-chardev "socket,id=$1,path=$socket" -device "vhost-user-fs-pci,chardev=$1,tag=$1")
}

# share_layer TAG FOLDER, share_folder TAG FOLDER PATH CACHE OPTIONS: what the machine's init finds in /layers and /shares.
share_layer() {
    share "$1" "$2" always
    echo "$1" >>"$work/files/layers"
}
share_folder() {
    share "$1" "$2" "$4"
    echo "$1 $3 $5" >>"$work/files/shares"
}

# The command as a script, beside the lists of shares: a second archive that the kernel unpacks over the first.
make_command_archive() {
    local files=$work/files
    {
        # An emulated agent may take more than a minute to become ready.
        printf 'export KAKEHASHI_VM=1 KAKEHASHI_LAB_PATIENCE=10 TERM=dumb LC_ALL=C.UTF-8\n'
        if [ -n "$boot" ]; then
            printf 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root\n'
        else
            printf 'export PATH=%q HOME=%q JAVA_HOME=%q CI=%q\n' "$PATH" "$HOME" "${JAVA_HOME:-}" "${CI:-}"
            printf 'cd %q\n' "$PWD"
        fi
        printf '%q ' "$@"
        echo
    } >"$files/command"
    (cd "$files" && find . -type f | cpio --quiet -o -H newc) >"$work/command.cpio"
    cat "$VM/initrd" "$work/command.cpio" >"$work/initrd"
}

# Hardware virtualisation may be offered and still not run a guest (in a guest of another machine, for example): boot one
# and see. The answer holds until this machine boots again.
accelerator() {
    local known boot answer=tcg
    boot=$(cat /proc/sys/kernel/random/boot_id)
    known=$(cat "$VM/accelerator" 2>/dev/null || true)
    if [ "${known% *}" = "$boot" ]; then
        echo "${known#* }"
        return
    fi
    if [ -w /dev/kvm ]; then
        timeout 20 qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot -accel kvm -cpu host -m 256 \
            -kernel "$VM/vmlinuz" -initrd "$VM/initrd" -append "quiet panic=-1 probe" \
            -serial null -serial null -serial "file:$work/probe" >/dev/null 2>&1 || true
        if grep -qs ready "$work/probe"; then answer=kvm; fi
    fi
    echo "$boot $answer" >"$VM/accelerator"
    echo "$answer"
}

devices=() append=
mkdir "$work/files"
[ -z "$layer" ] || share_layer layer "$layer"
share_layer root "${boot:-/}"
version=$(cat "$VM/version")
share_folder modules "$VM/root/lib/modules/$version" "/lib/modules/$version" always ro
for i in "${!writable[@]}"; do
    share_folder "write$i" "${writable[$i]}" "${writable[$i]}" auto rw
done
# The first of these is for init, the others for systemd: its journal goes to the console too.
[ -z "$boot" ] || append="boot systemd.unit=multi-user.target systemd.getty_auto=no systemd.journald.forward_to_console=yes"
make_command_archive "$@"
case $(accelerator) in
kvm) processor=(-accel kvm -cpu host) ;;
# Not "max": starting programs takes twice as long with it. The caches of the build want AVX2.
*) processor=(-accel "tcg,thread=multi" -cpu "Haswell-noTSX,-pcid,-x2apic,-tsc-deadline,-invpcid") ;;
esac
status=0
timeout "$timeout" qemu-system-x86_64 -nodefaults -no-user-config -display none -no-reboot "${processor[@]}" -smp 2 \
    -m "$memory" -object "memory-backend-memfd,id=mem,size=${memory}M,share=on" -numa node,memdev=mem "${devices[@]}" \
    -kernel "$VM/vmlinuz" -initrd "$work/initrd" -append "console=ttyS0 quiet panic=-1 $append" \
    -serial "file:$console" -serial stdio -serial "file:$work/status" </dev/null &
children+=($!)
wait "${children[-1]}" || status=$?
if grep -qsE '^[0-9]+$' "$work/status"; then
    status=$(tr -d '\r\n' <"$work/status")
else
    [ "$status" -ne 124 ] || warn "the command did not end within $timeout s: stopped"
    warn "the virtual machine stopped before the command ended (status $status of qemu); the end of its console:"
    tail -n 20 "$console" >&2 || true
    status=125
fi
exit "$status"
