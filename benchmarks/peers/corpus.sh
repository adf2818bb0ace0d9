#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Real image pairs for the delta benchmarks, built from the host's own apt sources (nothing is named here).
#   corpus.sh DIR [S] [F] [R]      S security update, F feature update, R robot + kernel update (default: S F)
# Makes DIR/NAME.{tar,ext4} for min0 min1 feat1 (256/256/320 MiB) and robot0 robot1 (1152 MiB). Needs root, mmdebstrap, e2fsprogs.
# Package versions move with the archive: compare engines only inside one corpus.
set -eu
dir=$1; shift; pairs=${*:-S F}
mkdir -p "$dir"; cd "$dir"
uris() { cat /etc/apt/sources.list.d/*.sources 2>/dev/null | awk '/^URIs:/{print $2}'; awk '$1=="deb"{for(i=2;i<=NF;i++)if($i~/^http/){print $i;break}}' /etc/apt/sources.list 2>/dev/null || true; }
main=$(uris | grep -v security | grep debian | head -n1); security=$(uris | grep security | head -n1)
[ -n "$main" ] && [ -n "$security" ] || { echo "corpus.sh: found no Debian and security archive in the host's apt sources" >&2; exit 1; }
export SOURCE_DATE_EPOCH=1735689600 E2FSPROGS_FAKE_TIME=1735689600
BK="deb $main bookworm main"; BU="deb $main bookworm-updates main"; BS="deb $security bookworm-security main"
tree() { # NAME PACKAGES SOURCES...
  local name=$1 packages=$2; shift 2
  [ -s "$name.tar" ] && return; mmdebstrap --mode=root --variant=minbase ${packages:+--include=$packages} \
    --customize-hook='rm -rf "$1"/var/cache/apt/* "$1"/var/lib/apt/lists/* "$1"/var/log/*' bookworm "$name.part.tar" "$@" >"$name.log" 2>&1 && mv "$name.part.tar" "$name.tar"
}
ext4() { # NAME MIB
  [ -s "$1.ext4" ] && return
  local t; t=$(mktemp -d); tar -C "$t" --numeric-owner --xattrs --xattrs-include='*' -xpf "$1.tar"
  mke2fs -q -t ext4 -b 4096 -m 0 -O ^has_journal,^metadata_csum,^resize_inode -U 11111111-2222-3333-4444-555555555555 \
    -E hash_seed=11111111-2222-3333-4444-555555555555,lazy_itable_init=0,nodiscard -L rootfs -d "$t" "$1.part" "$2M" && mv "$1.part" "$1.ext4"
  rm -rf "$t"
}
robot=systemd-sysv,udev,dbus,openssh-server,python3,python3-numpy,nginx-light,network-manager,iproute2,ca-certificates,curl,gstreamer1.0-plugins-base,bluez,sudo,locales,linux-image-amd64
for pair in $pairs; do case $pair in
  S) tree min0 "" "$BK"; tree min1 "" "$BK" "$BU" "$BS"; ext4 min0 256; ext4 min1 256;;
  F) tree min1 "" "$BK" "$BU" "$BS"; tree feat1 openssh-server,python3,nginx "$BK" "$BU" "$BS"; ext4 min1 256; ext4 feat1 320;;
  R) tree robot0 "$robot" "$BK"; tree robot1 "$robot" "$BK" "$BU" "$BS"; ext4 robot0 1152; ext4 robot1 1152;;
esac; done
for p in "min0 min1" "robot0 robot1"; do set -- $p; [ -s "$1.tar" ] && [ -s "$2.tar" ] || continue
  n=$(comm -13 <(tar -xOf "$1.tar" ./var/lib/dpkg/status | grep -A9 ^Package: | grep -E '^(Package|Version):' | paste - - | sort) <(tar -xOf "$2.tar" ./var/lib/dpkg/status | grep -A9 ^Package: | grep -E '^(Package|Version):' | paste - - | sort) | wc -l)
  echo "$1 -> $2: $n packages differ$([ "$n" -lt 5 ] && echo ' (too few to mean much: a point release has just been made)')"; done
ls -l *.ext4
