#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# The rivals of the diff engine on one pair of files, side by side, one core, each patch applied and compared.
#   delta-peers.sh OLD NEW [ENGINE...]    engines: hdiffz zstd-3 zstd-19 xdelta3 bsdiff rdiff slipway-fast slipway-balanced slipway-max (default: those found, but bsdiff)
# hdiffz/hpatchz (HDiffPatch) is the one to beat; it is in no Debian release: put a build of it on PATH.
# SLIPWAY names the command line (default ./slipway). CPU seconds are the figure to quote, wall time is noise.
set -u; wrong=0
old=$(realpath "$1") new=$(realpath "$2"); shift 2
slip=${SLIPWAY:-./slipway}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
engines=${*:-$(for e in hdiffz zstd xdelta3 rdiff; do command -v $e >/dev/null && case $e in zstd) echo zstd-3 zstd-19;; *) echo $e;; esac; done; [ -x "$slip" ] && echo slipway-fast slipway-max)}
osize=$(stat -c %s "$old")
measure() { /usr/bin/time -f '%U %S %M' -o "$work/t" taskset -c 0 "$@" >"$work/log" 2>&1; local rc=$?; tail -n1 "$work/t" | awk '{printf "%.2f %.0f", $1+$2, $3/1024}'; return $rc; }
printf '%-16s %14s %8s %8s %8s %8s %s\n' engine bytes make_s make_MB apply_s apply_MB same
for e in $engines; do
  p=$work/patch w=$work/out; rm -f "$p" "$w"
  case $e in
    hdiffz)  m=(hdiffz -m-6 -SD -d -f -p-1 -c-lzma2-9-16m "$old" "$new" "$p"); a=(hpatchz -s-3m -f -p-1 "$old" "$p" "$w");;
    zstd-*)  m=(zstd -q -f "-${e#zstd-}" --single-thread --long=31 "--patch-from=$old" "$new" -o "$p"); a=(zstd -q -d -f --long=31 --memory=2047MB "--patch-from=$old" "$p" -o "$w");;
    xdelta3) m=(xdelta3 -e -9 -S lzma -B "$osize" -f -s "$old" "$new" "$p"); a=(xdelta3 -d -B "$osize" -f -s "$old" "$p" "$w");;
    bsdiff)  m=(bsdiff "$old" "$new" "$p"); a=(bspatch "$old" "$w" "$p");;
    rdiff)   m=(sh -c 'rdiff -f signature "$1" "$3.s" && rdiff -f delta "$3.s" "$2" "$3.d" && zstd -q -f -19 --single-thread "$3.d" -o "$3"' sh "$old" "$new" "$p"); a=(sh -c 'zstd -q -d -f "$2" -o "$2.d2" && rdiff -f patch "$1" "$2.d2" "$3"' sh "$old" "$p" "$w");;
    slipway-*) m=("$slip" delta create "$old" "$new" --output "$p" --profile "${e#slipway-}"); a=("$slip" delta apply "$old" "$p" --output "$w");;
  esac
  made=$(measure "${m[@]}") || { echo "$e: make failed: $(tail -n1 "$work/log")"; continue; }
  applied=$(measure "${a[@]}") || { echo "$e: apply failed: $(tail -n1 "$work/log")"; continue; }
  cmp -s "$new" "$w" && same=yes || { same=NO; wrong=1; }
  printf '%-16s %14s %8s %8s %8s %8s %s\n' "$e" "$(stat -c %s "$p")" $made $applied $same
done
command -v hdiffz >/dev/null || echo "hdiffz is not on PATH: the best rival was not run"
exit $wrong
