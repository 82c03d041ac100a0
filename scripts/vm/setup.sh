#!/usr/bin/env bash
# Gets the virtual machine's kernel and makes its first file system; prints the folder that has both.
#
# The kernel is the distribution's own for clouds (small, with the drivers of virtual machines), unpacked and never
# installed. KAKEHASHI_VM_KERNEL names another package, for example one of a newer kernel from backports.
source "$(dirname "$0")/../lib/all.sh"

HERE=$(cd "$(dirname "$0")" && pwd)
VM=$(cache_dir)/vm
# What init needs before it sees the machine's own files.
EARLY_MODULES="virtio_pci virtiofs overlay"

# The kernel's package: what the distribution's package of no version depends on.
kernel_package() {
    local meta
    if [ -n "${KAKEHASHI_VM_KERNEL:-}" ]; then
        echo "$KAKEHASHI_VM_KERNEL"
        return
    fi
    for meta in "linux-image-cloud-$(architecture)" linux-image-virtual; do
        apt-cache depends "$meta" 2>/dev/null | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1 | grep . && return
    done
    die "this distribution has neither linux-image-cloud-$(architecture) nor linux-image-virtual: set KAKEHASHI_VM_KERNEL to the package of a kernel"
}

# unpack PACKAGE FOLDER: the files of a package without installing it; apt checks its signature.
unpack() {
    local work
    work=$(mktemp -d)
    (cd "$work" && quietly "$BUILD/logs/vm-download.log" apt-get -q -y -o APT::Sandbox::User=root download "$1") || return 1
    dpkg -x "$work"/*.deb "$2"
    rm -rf "$work"
}

make_kernel() {
    local package=$1 dir=$2 version modules_package
    step "Fetching the virtual machine's kernel: $package"
    rm -rf "$dir.part"
    mkdir -p "$dir.part/root"
    unpack "$package" "$dir.part/root"
    version=$(basename "$(compgen -G "$dir.part/root/boot/vmlinuz-*" | head -n 1)")
    version=${version#vmlinuz-}
    # Ubuntu keeps the modules in a package of their own.
    if [ ! -d "$dir.part/root/lib/modules/$version" ] && [ ! -d "$dir.part/root/usr/lib/modules/$version" ]; then
        modules_package=linux-modules-$version
        unpack "$modules_package" "$dir.part/root"
    fi
    [ -d "$dir.part/root/lib/modules/$version" ] || ln -s usr/lib "$dir.part/root/lib"
    depmod -b "$dir.part/root" "$version"
    echo "$version" >"$dir.part/version"
    mv "$dir.part/root/boot/vmlinuz-$version" "$dir.part/vmlinuz"
    mv "$dir.part" "$dir"
}

# Busybox and the early modules, in the order in which they have to be loaded.
make_initrd() {
    local dir=$1 version work module file target
    version=$(cat "$dir/version")
    work=$(mktemp -d)
    mkdir -p "$work"/{bin,modules,proc,sys,dev,lower,overlay,newroot}
    unpack busybox-static "$work/busybox-package"
    cp "$(find "$work/busybox-package" -name busybox -type f -path '*bin/*' | head -n 1)" "$work/bin/busybox"
    rm -rf "$work/busybox-package"
    cp "$HERE/init" "$work/init"
    chmod 755 "$work/init"
    for module in $EARLY_MODULES; do
        # shellcheck disable=SC2094
        modprobe -d "$dir/root" -S "$version" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
    done | awk '!seen[$0]++' | while read -r file; do
        target=$(basename "$file")
        case $file in
        *.xz) xz -dc "$file" >"$work/modules/${target%.xz}" && target=${target%.xz} ;;
        *.zst) zstd -qdc "$file" >"$work/modules/${target%.zst}" && target=${target%.zst} ;;
        *) cp "$file" "$work/modules/" ;;
        esac
        echo "$target" >>"$work/modules/order"
    done
    (cd "$work" && find . | cpio --quiet -o -H newc | gzip -1) >"$dir/initrd.part"
    # The kernel finds a second archive behind this one at a multiple of four.
    truncate -s %512 "$dir/initrd.part"
    mv "$dir/initrd.part" "$dir/initrd"
    cp "$HERE/init" "$dir/init"
    rm -rf "$work"
}

mkdir -p "$VM" "$BUILD/logs"
need base vm >&2
# A part of QEMU up to Debian 12, a package of its own since.
[ -x /usr/lib/qemu/virtiofsd ] || [ -x /usr/libexec/virtiofsd ] || install_packages "the virtual machine" virtiofsd >&2
if [ -n "${KAKEHASHI_VM_KERNEL:-}" ] || [ ! -e "$VM/current/vmlinuz" ]; then
    apt_update >&2 || true
    package=$(kernel_package)
    [ -e "$VM/$package/vmlinuz" ] || make_kernel "$package" "$VM/$package" >&2
    dir=$VM/$package
    [ -n "${KAKEHASHI_VM_KERNEL:-}" ] || ln -sfn "$package" "$VM/current"
else
    dir=$VM/$(readlink "$VM/current")
fi
cmp -s "$HERE/init" "$dir/init" || make_initrd "$dir" >&2
echo "$dir"
