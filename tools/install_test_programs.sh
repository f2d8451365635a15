#!/bin/sh
# Installs the programs that tests drive and that no Python package brings: a browser, tesseract, strace,
# the tool for network namespaces, what makes and mounts file systems, a mail server, the two servers that
# carry notifications, a container engine, and the two proxies that docs/office.md describes (11 MB).
set -eu
missing=""
command -v chromium >/dev/null 2>&1 || missing="$missing chromium"
command -v tesseract >/dev/null 2>&1 || missing="$missing tesseract-ocr"
# Three scripts, 3 MB: a page is read in the language that it shows itself to be in.
for language in deu rus ara; do
    tesseract --list-langs 2>/dev/null | grep -qx "$language" || missing="$missing tesseract-ocr-$language"
done
command -v strace >/dev/null 2>&1 || missing="$missing strace"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
[ -x /sbin/ip ] || [ -x /usr/sbin/ip ] || missing="$missing iproute2"
[ -x /usr/sbin/dovecot ] || missing="$missing dovecot-imapd"
[ -x /usr/sbin/rabbitmq-server ] || missing="$missing rabbitmq-server"
command -v caddy >/dev/null 2>&1 || missing="$missing caddy"
[ -x /usr/sbin/nginx ] || missing="$missing nginx-light"
[ -x /sbin/mkfs.vfat ] || [ -x /usr/sbin/mkfs.vfat ] || missing="$missing dosfstools"
[ -x /sbin/mkfs.exfat ] || [ -x /usr/sbin/mkfs.exfat ] || missing="$missing exfatprogs"
[ -x /sbin/mount.exfat-fuse ] || [ -x /usr/sbin/mount.exfat-fuse ] || missing="$missing exfat-fuse"
command -v fusefat >/dev/null 2>&1 || missing="$missing fusefat"
[ -x /sbin/mkntfs ] || [ -x /usr/sbin/mkntfs ] || missing="$missing ntfs-3g"
[ -x /sbin/mkfs.btrfs ] || [ -x /usr/sbin/mkfs.btrfs ] || missing="$missing btrfs-progs"
[ -x /sbin/mkfs.xfs ] || [ -x /usr/sbin/mkfs.xfs ] || missing="$missing xfsprogs"
# The engine, and what makes the base of images where no registry is asked.
for program in podman crun mmdebstrap conmon catatonit iptables; do
    command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || missing="$missing $program"
done
for program in netavark aardvark-dns; do
    [ -x "/usr/lib/podman/$program" ] || missing="$missing $program"
done
[ -n "$missing" ] || exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    echo "installing$missing ..."
    apt-get update -qq
    # shellcheck disable=SC2086 # one word a package
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
else
    echo "not found:$missing; the tests that need them are skipped (they fail where CI is set)"
fi
