# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
if [ -r /run/slipway/data-lost ]; then
  echo "*** The data partition could not be used. What this machine writes now is lost when it stops. ***" >&2
  cat /run/slipway/data-lost >&2
fi
