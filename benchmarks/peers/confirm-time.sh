#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# From the switch to a new release until it is confirmed: what the health service adds to the start itself and to the checks of the machine's owner.
#   confirm-time.sh [RUNS]
# A machine made of examples/cloud.yaml, with one required check that takes two seconds, is started under QEMU's emulation, on one core, twice for each run. It reports by its own
# clock, through a hook that runs as soon as the boot loader was told: when systemd called the start finished, how long the check took, and when the release was confirmed.
# What is left is ours: waiting for systemd's verdict, failed units, the disk, looking for checks, and the writes to the boot store.
# Needs root, qemu-system-x86. SLIPWAY names the command line (default ./slipway); CORE says which core (default 1).
set -euo pipefail
runs=${1:-2}
core=${CORE:-1}
home=$(cd "$(dirname "$0")/../.." && pwd)
slip=${SLIPWAY:-$home/slipway}
work=$(mktemp -d -p "${PEER_TMP:-/dev/shm}" slipway-confirm.XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT

cat >"$work/confirm.yaml" <<TEXT
extends: $home/examples/cloud.yaml
name: confirm
files:
  - {path: /usr/lib/slipway/check.d/required/10-app, source: app, mode: "0755"}
  - {path: /usr/lib/slipway/on-success.d/10-report, source: report, mode: "0755"}
TEXT
cat >"$work/app" <<'TEXT'
#!/bin/sh
read -r from rest </proc/uptime
sleep 2
read -r to rest </proc/uptime
echo "$from $to" >/run/app-check
TEXT
cat >"$work/report" <<'TEXT'
#!/bin/sh
read -r confirmed rest </proc/uptime
read -r from to </run/app-check
finished=$(systemctl show --value --property FinishTimestampMonotonic)
verdict=$(journalctl --boot --unit slipway-health --output short-monotonic | sed -n 's/^\[ *\([0-9.]*\)\].* works$/\1/p')
printf '\n%s\n' "CONFIRMED finished=$finished from=$from to=$to verdict=$verdict confirmed=$confirmed" >/dev/ttyS0
TEXT

# Prints: start, wait and built-in checks, the check, verdict, the boot store, all that is ours.
start() { # image
  local log=$work/console pid
  : >"$log"
  taskset -c "$core" qemu-system-x86_64 -machine pc -accel tcg -cpu max -m 1024 -nodefaults -display none -net none -monitor none -serial "file:$log" \
    -device virtio-rng-pci -drive "id=d,if=none,format=raw,file=$1" -device virtio-blk-pci,drive=d &
  pid=$!
  until grep -aq '^CONFIRMED .*confirmed=[0-9.]*.$' "$log"; do
    kill -0 $pid 2>/dev/null || {
      tail -n 20 "$log" >&2
      exit 1
    }
    sleep 0.2
  done
  sleep 15 # what the first start made reaches the disk
  kill $pid
  wait $pid 2>/dev/null || true
  tr -d '\r' <"$log" | sed -n 's/^CONFIRMED //p' | tr ' =' '\n ' | awk '
    {v[$1] = $2}
    END {
      start = v["finished"] / 1e6
      printf "%.2f %.2f %.2f %.2f %.2f %.2f\n", start, v["from"] - start, v["to"] - v["from"], v["verdict"] - v["to"],
        v["confirmed"] - v["verdict"], v["confirmed"] - start - (v["to"] - v["from"])
    }'
}

"$slip" build "$work/confirm.yaml" --output "$work/built" --store "${PEER_STORE:-$work/store}" >"$work/log" 2>&1 || {
  tail -n 20 "$work/log" >&2
  exit 1
}
for ((i = 1; i <= runs; i++)); do
  cp --sparse=always "$work"/built/confirm-*.img "$work/run.img"
  for time in first second; do
    read -r finished before check verdict store ours < <(start "$work/run.img")
    echo "$i, $time start: finished after $finished s; $before s until the check, which took $check s; $verdict s until the verdict; $store s to tell the boot loader; ours: $ours s"
    echo "$ours" >>"$work/ours.$time"
  done
done
for time in first second; do
  sort -n "$work/ours.$time" | awk -v t=$time '{v[NR] = $1} END {printf "%s start: median of what is ours %.2f s\n", t, (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2}'
done
