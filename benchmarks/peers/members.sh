#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Which compressed members files hold, by kind, and how many of them can be rebuilt exactly from a recipe.
#   members.sh FILE...
set -eu
home=$(cd "$(dirname "$0")/../.." && pwd)
"$home/slipway" --version >/dev/null # builds what is missing
(cd "$home" && mvn -q -B -ntp -pl delta -am test-compile)
exec java -Xmx3g -cp "$home/delta/target/test-classes:$(cat "$home/examples/target/lib/class-path")" dev.slipway.delta.member.MemberSurvey "$@"
