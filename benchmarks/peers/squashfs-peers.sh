#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# CPU seconds and bytes from a tree to a squashfs: mksquashfs and our writer, on the same tree, in the same run, in memory, with as many threads.
#   squashfs-peers.sh [ROOTFS.tar]
# Without a tar, mmdebstrap makes one of about 400 MB through the host's own apt configuration.
# mksquashfs starts from a directory, our writer from a tree whose contents lie in a pack; both write a new file in PEER_TMP (default /dev/shm).
# RUNS: how often (default 3); THREADS (default 2); KINDS: what to compare (default "zstd gzip xz").
# Needs root, squashfs-tools, mmdebstrap and acl without a tar, and benchmarks/target/benchmarks.jar (mvn -q package -DskipTests) or a class path in CLASSPATH.
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
classpath=${CLASSPATH:-$home/benchmarks/target/benchmarks.jar}
runs=${RUNS:-3}
threads=${THREADS:-2}
read -ra kinds <<<"${KINDS:-zstd gzip xz}"
[ -n "${CLASSPATH:-}" ] || [ -e "$classpath" ] || { echo "no $classpath: run mvn -q package -DskipTests in $home" >&2; exit 1; }
work=$(mktemp -d -p "${PEER_TMP:-/dev/shm}" squashfs-peers.XXXXXX)
trap 'rm -rf "$work"' EXIT
tar=${1:-$work/rootfs.tar}
if [ $# = 0 ]; then
  # squashfs holds no access control lists
  mmdebstrap --quiet --variant=minbase --include=linux-image-cloud-amd64,systemd-sysv,udev,dbus,iproute2,openssh-server --customize-hook='setfacl -R -b "$1/var/log"' bookworm "$tar"
fi
mkdir "$work/tree"
tar -C "$work/tree" --warning=no-timestamp --numeric-owner --xattrs --xattrs-include='*' -xpf "$tar"
echo "tree: $(find "$work/tree" | wc -l) entries, $(du -sm "$work/tree" | cut -f1) MB"
TIMEFORMAT='%U %S'
for kind in "${kinds[@]}"; do
  options=(-comp "$kind")
  [ "$kind" != zstd ] || options+=(-Xcompression-level 3)
  : >"$work/peer"
  for ((i = 1; i <= runs; i++)); do
    rm -f "$work/peer.squashfs"
    { time mksquashfs "$work/tree" "$work/peer.squashfs" -noappend -quiet -no-progress -processors "$threads" "${options[@]}" >/dev/null 2>&1; } 2>&1 |
      awk '{printf "%.2f\n", $1 + $2}' | tee -a "$work/peer"
  done
  theirs=$(stat -c %s "$work/peer.squashfs")
  rm "$work/peer.squashfs"
  java -XX:+UseSerialGC -Xmx288m -cp "$classpath" dev.slipway.benchmarks.SquashfsCpu "$tar" "$work" "${kind^^}" "$threads" "$([ "$kind" = zstd ] && echo 4 || echo 1)" "$runs" | tee "$work/ours"
  unsquashfs -lls "$work/slipway.squashfs" >/dev/null || { echo "unsquashfs does not accept our image" >&2; exit 1; }
  peer=$(sort -n "$work/peer" | awk '{v[NR] = $1} END {print v[int((NR + 1) / 2)]}')
  ours=$(awk '/^median/ {print $2}' "$work/ours")
  awk -v k="$kind" -v p="$peer" -v o="$ours" -v a="$theirs" -v b="$(stat -c %s "$work/slipway.squashfs")" \
    'BEGIN {printf "%s: median CPU: mksquashfs %.2f s, slipway %.2f s, ratio %.2f; bytes: %d, %d, ratio %.4f\n", k, p, o, o / p, a, b, b / a}'
  rm "$work/slipway.squashfs"
done
