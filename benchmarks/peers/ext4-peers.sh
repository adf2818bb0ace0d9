#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# CPU seconds from a tree to an ext4 image: mke2fs -d and our writer, on the same tree, in the same run, in memory.
#   ext4-peers.sh [ROOTFS.tar]
# Without a tar, mmdebstrap makes one of about 400 MB through the host's own apt configuration.
# mke2fs starts from a directory, our writer from a tree whose contents lie in a pack; both write a new sparse file in PEER_TMP (default /dev/shm).
# Needs root, e2fsprogs, mmdebstrap without a tar, and benchmarks/target/benchmarks.jar (mvn -q package -DskipTests).
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
jar=$home/benchmarks/target/benchmarks.jar
runs=${RUNS:-5}
[ -e "$jar" ] || { echo "no $jar: run mvn -q package -DskipTests in $home" >&2; exit 1; }
work=$(mktemp -d -p "${PEER_TMP:-/dev/shm}" ext4-peers.XXXXXX)
trap 'rm -rf "$work"' EXIT
tar=${1:-$work/rootfs.tar}
if [ $# = 0 ]; then
  mmdebstrap --quiet --variant=minbase --include=linux-image-cloud-amd64,systemd-sysv,udev,dbus,iproute2,openssh-server bookworm "$tar"
fi
mkdir "$work/tree"
tar -C "$work/tree" --warning=no-timestamp --numeric-owner --xattrs --xattrs-include='*' -xpf "$tar"
echo "tree: $(find "$work/tree" | wc -l) entries, $(du -sm "$work/tree" | cut -f1) MB"
TIMEFORMAT='%U %S'
for ((i = 1; i <= runs; i++)); do
  rm -f "$work/peer.ext4"
  { time mke2fs -q -t ext4 -O ^has_journal -d "$work/tree" "$work/peer.ext4" 1G >/dev/null; } 2>&1 | awk '{printf "%.2f\n", $1 + $2}' | tee -a "$work/peer"
done
rm -rf "$work/tree" "$work/peer.ext4"
java -Xmx256m -cp "$jar" dev.slipway.benchmarks.Ext4Cpu "$tar" "$work" 6 "$runs" | tee "$work/ours"
e2fsck -fn "$work/slipway.ext4" >/dev/null 2>&1 || { echo "e2fsck does not accept our image" >&2; exit 1; }
peer=$(sort -n "$work/peer" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}')
ours=$(awk '/^median/ {print $2}' "$work/ours")
awk -v p="$peer" -v o="$ours" 'BEGIN {printf "median CPU: mke2fs -d %.2f s, slipway %.2f s, ratio %.2f\n", p, o, o / p}'
