#!/bin/sh
# Makes Debian's unpacked packages in folder $1 the root file system of a container: trim.sh FOLDER, with the names that
# busybox is to have in APPLETS. Nothing of the packages is run: they may be another processor's.
set -eu
cd "$1"
# What base-files and the packages' own scripts would make.
for folder in bin sbin lib lib64; do
    if [ -d "usr/$folder" ] && [ ! -e "$folder" ]; then ln -s "usr/$folder" "$folder"; fi
done
mkdir -p proc sys dev run tmp root etc host var/lib usr/bin usr/sbin
chmod 1777 tmp
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'root:x:0:' >etc/group
for applet in $APPLETS; do
    [ -e "usr/bin/$applet" ] || ln -s busybox "usr/bin/$applet"
done
for command in iptables ip6tables; do
    for form in "" -save -restore; do ln -sf xtables-nft-multi "usr/sbin/$command$form"; done
done
# Documentation but for the licences, what only a login or a package manager needs, and libraries of programs that are
# not here. The loader needs no cache: it looks where Debian has its libraries.
find usr/share/doc -type f ! -name copyright -delete
rm -rf usr/share/man usr/share/locale usr/share/info usr/share/lintian usr/share/bash-completion usr/lib/*/gconv usr/lib/*/perl-base \
    usr/bin/perl* usr/share/perl* etc/init.d etc/cron* etc/systemd usr/lib/systemd/system var/cache var/log/* var/lib/dpkg var/lib/apt
# Everything here runs as root: nothing needs to become it.
find . -xdev -type f -perm /6000 -exec chmod ug-s {} +
