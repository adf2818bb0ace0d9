#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# An update from OLD to NEW, two file system images: how fast a whole image is installed, with how much memory, and what an update by delta costs on the wire.
#   install-peers.sh OLD NEW
# The rival of an installation writes NEW into a file, flushes it, reads it back past the page cache, and digests it both times: with sha256sum, and with openssl, which
# uses the processor's own instructions for it. Every installation starts with a fresh copy of the disk, whose slot B is empty; the image in it is compared in the end.
# The traffic is all that passes the loopback device of a network of its own, both directions, packet headers and all; the server is busybox's.
# What is measured is the runtime for machines that "slipway runtime" makes.
# RUNS: how often (default 3). SLIPWAY names the command line (default ./slipway). PEER_TMP (default /var/tmp): a directory on a disk, with room for five times OLD and NEW.
# Needs root, openssl, busybox, iproute2, /usr/bin/time, and benchmarks/target/benchmarks.jar (mvn -q package -DskipTests) or a class path in CLASSPATH.
set -euo pipefail
home=$(cd "$(dirname "$0")/../.." && pwd)
classpath=${CLASSPATH:-$home/benchmarks/target/benchmarks.jar}
slip=${SLIPWAY:-$home/slipway}
runs=${RUNS:-3}
old=$(realpath "$1") new=$(realpath "$2")
[ -n "${CLASSPATH:-}" ] || [ -e "$classpath" ] || { echo "no $classpath: run mvn -q package -DskipTests in $home" >&2; exit 1; }
work=$(mktemp -d -p "${PEER_TMP:-/var/tmp}" install-peers.XXXXXX)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

measure() { # NAME COMMAND...: prints wall seconds, CPU seconds and peak memory
  local name=$1
  shift
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
  tail -n1 "$work/time" | awk -v n="$name" '{printf "%-18s %6.2f s wall %6.2f s CPU %5.0f MB\n", n, $1, $2 + $3, $4 / 1024}'
}

# shellcheck disable=SC2016 # the shell that is started expands them
copy_and_verify='dd if="$2" bs=1M status=none | tee "$3" | $1 >"$3.before"; sync "$3"; dd if="$3" iflag=direct bs=1M status=none | $1 >"$3.after"; cmp "$3.before" "$3.after"'

in_slot_b() { # DISK FILE: is the file what the slot holds?
  local start
  start=$(partx -g -o START -n 4 "$1")
  cmp -n "$(stat -c %s "$2")" -i "$((start * 512)):0" "$1" "$2"
}

echo "$(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg); from $(basename "$old") to $(basename "$new"), $(stat -c %s "$new") bytes"
java -cp "$classpath" dev.slipway.benchmarks.AbDisk "$old" "$work/fresh.img"
"$slip" keys create "$work/keys" --kind EC --name Benchmark 2>/dev/null
"$slip" delta create "$old" "$new" --output "$work/delta" --profile max >/dev/null 2>&1
"$slip" runtime "$work/runtime"
device=$work/runtime/bin/slipway
bundle() { # NAME OPTION...
  local name=$1
  shift
  "$slip" bundle create "$work/$name.raucb" --compatible robot --version-name 2 --key "$work/keys/signer.key" --cert "$work/keys/signer.pem" "$@" >/dev/null 2>"$work/log" ||
    { cat "$work/log" >&2; exit 1; }
}
bundle full --image "rootfs=$new"
bundle both --image "rootfs=$new" --delta "rootfs,1,$old,$work/delta"
bundle delta --target "rootfs=$new" --delta "rootfs,1,$old,$work/delta"

for ((i = 1; i <= runs; i++)); do
  for hash in sha256sum 'openssl dgst -r -sha256'; do
    measure "copy, ${hash%% *}" bash -o pipefail -ec "$copy_and_verify" copy "$hash" "$new" "$work/copy"
    rm -f "$work/copy"*
  done
  cp --sparse=always "$work/fresh.img" "$work/disk.img"
  sync "$work/disk.img"
  measure "install, full" "$device" install "$work/full.raucb" --disk "$work/disk.img" --keyring "$work/keys/ca.pem"
  in_slot_b "$work/disk.img" "$new"
done

delta=$(stat -c %s "$work/delta")
echo "delta: $delta bytes"
for name in delta both; do
  cp --sparse=always "$work/fresh.img" "$work/disk.img"
  # shellcheck disable=SC2016
  unshare -n sh -ec '
    ip link set lo up
    busybox httpd -f -p 127.0.0.1:8080 -h "$1" & server=$!
    trap "kill $server" EXIT
    until busybox nc 127.0.0.1 8080 </dev/null 2>/dev/null; do sleep 0.1; done
    traffic() { sed -n "s/^ *lo: *\([0-9]*\).*/\1/p" /proc/net/dev; }
    before=$(traffic)
    "$2" install "http://127.0.0.1:8080/$3.raucb" --disk "$1/disk.img" --keyring "$1/keys/ca.pem" >"$1/log" 2>&1 || { cat "$1/log" >&2; exit 1; }
    echo $(($(traffic) - before)) >"$1/traffic"' sh "$work" "$device" "$name"
  in_slot_b "$work/disk.img" "$new"
  awk -v n="$name" -v d="$delta" -v b="$(stat -c %s "$work/$name.raucb")" '{printf "bundle \"%s\" of %d bytes: %d on the wire, %d beside the delta\n", n, b, $1, $1 - d}' "$work/traffic"
done
