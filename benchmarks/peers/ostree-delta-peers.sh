#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Static deltas beside ostree's own: size of all files, wall and CPU seconds, resident memory.
# Usage: ostree-delta-peers.sh OLD.tar NEW.tar [WORK]
# Needs root (owners), ostree, GNU time, and a built slipway ($SLIPWAY, default ./slipway).
set -eu
old=$1 new=$2 work=${3:-$(mktemp -d)}
slipway=${SLIPWAY:-./slipway}

mkdir -p "$work"
ostree --repo="$work/repo" init --mode=archive
for name in old new; do
  mkdir "$work/tree"
  [ $name = old ] && tar=$old || tar=$new
  tar xf "$tar" -C "$work/tree" --exclude='./dev/*'
  ostree --repo="$work/repo" commit -b $name --tree=dir="$work/tree" --timestamp=@1700000000 -s $name >/dev/null
  rm -rf "$work/tree"
done
from=$(ostree --repo="$work/repo" rev-parse old)
to=$(ostree --repo="$work/repo" rev-parse new)

measure() {
  name=$1
  shift
  /usr/bin/time -f '%e %U %S %M' -o "$work/time" "$@" >/dev/null 2>"$work/log" || {
    cat "$work/log" >&2
    exit 1
  }
  read -r wall user system memory <"$work/time"
  size=$(find "$work/repo/deltas" -type f -printf '%s\n' | awk '{ n += $1 } END { print n }')
  rm -rf "$work/repo/deltas"
  printf '%-8s %12s bytes  %8s s wall  %8s s user  %8s s system  %8s KiB\n' "$name" "$size" "$wall" "$user" "$system" "$memory"
}

measure ostree ostree --repo="$work/repo" static-delta generate --min-fallback-size=0 --from="$from" --to="$to"
measure slipway "$slipway" ostree --repo="$work/repo" static-delta generate --from="$from" --to="$to"
