#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# What mmdebstrap makes of some packages, and the very packages it took:
#   referee.sh SUITE PACKAGES DIRECTORY EPOCH    writes DIRECTORY/root.tar and DIRECTORY/pool
# The packages come through the host's own apt configuration; mmdebstrap then takes them from a local repository.
set -euo pipefail
suite=$1 packages=$2 dir=$3 export_epoch=$4
apt=$dir/apt pool=$dir/all
mkdir -p "$pool" "$dir/pool" "$apt"/{etc/apt/{apt.conf.d,preferences.d,trusted.gpg.d},var/lib/apt/lists/partial,var/cache/apt/archives/partial,var/lib/dpkg}
: >"$apt/var/lib/dpkg/status"
cp -r /etc/apt/sources.list.d "$apt/etc/apt/"
[ ! -e /etc/apt/sources.list ] || cp /etc/apt/sources.list "$apt/etc/apt/"
find "$apt/etc/apt/sources.list.d" -type f ! -iname '*debian*' -delete
options=(-o "Dir=$apt" -o "Dir::State::status=$apt/var/lib/dpkg/status" -o Acquire::Languages=none -o APT::Sandbox::User=root -o APT::Install-Recommends=false)
export APT_CONFIG=/dev/null
apt-get "${options[@]}" update -qq
# shellcheck disable=SC2086
apt-get "${options[@]}" -y -qq --download-only install '?essential' '?priority(required)' ${packages//,/ } >/dev/null
mv "$apt"/var/cache/apt/archives/*.deb "$pool/"
main=$dir/dists/$suite/main/binary-amd64
mkdir -p "$main"
cd "$dir"
dpkg-scanpackages -m all >"$main/Packages" 2>/dev/null
printf 'Origin: local\nSuite: stable\nCodename: %s\nComponents: main\nArchitectures: amd64\nDate: Tue, 14 Nov 2023 22:13:20 GMT\nSHA256:\n %s %s main/binary-amd64/Packages\n' \
  "$suite" "$(sha256sum <"$main/Packages" | cut -d' ' -f1)" "$(stat -c %s "$main/Packages")" >"dists/$suite/Release"
unset APT_CONFIG
# dpkg waits for the disk after every file; memory has nothing to wait for.
memory=/dev/shm
[ "$(df --output=avail -B1M "$memory" 2>/dev/null | tail -1)" -gt 4096 ] 2>/dev/null || memory=$dir
temporary=$(mktemp -d -p "$memory" referee.XXXXXX)
trap 'rm -rf "$temporary"' EXIT
# The initrd is not compared, and making it takes longer than everything else.
# shellcheck disable=SC2016 # the hooks' shell expands these
without_initrd=(
  --essential-hook='chroot "$1" dpkg-divert --quiet --add --no-rename --divert /usr/sbin/update-initramfs.real /usr/sbin/update-initramfs && ln -s /bin/true "$1/usr/sbin/update-initramfs"'
  --customize-hook='rm "$1/usr/sbin/update-initramfs" && chroot "$1" dpkg-divert --quiet --remove --rename /usr/sbin/update-initramfs'
)
SOURCE_DATE_EPOCH=$export_epoch TMPDIR=$temporary mmdebstrap --quiet --mode=root --variant=minbase "${without_initrd[@]}" ${packages:+--include="$packages"} \
  "$suite" root.tar "deb [trusted=yes] copy://$dir $suite main"
tar xOf root.tar ./var/lib/dpkg/status |
  awk '/^Package:/{p=$2} /^Version:/{v=$2; gsub(":","%3a",v)} /^Architecture:/{a=$2} /^$/{print p "_" v "_" a ".deb"}' |
  while read -r name; do cp "all/$name" pool/; done
