#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The robot's application: counts its starts in a place that outlives releases.
set -eu
starts=$(cat /var/lib/robot/starts 2>/dev/null || echo 0)
starts=$((starts + 1))
echo "$starts" >/var/lib/robot/starts
echo "robot $(cat /etc/hostname) runs for the ${starts}. time"
exec sleep infinity
