# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# What ./slipway and ./check share: finding or installing the JDK, Maven and test tools, and building. Sourced, with $home set.

: "${home:?is set by the script that sources this}"
modules="core debian partition delta ostree-bridge update pipeline examples"

say() { printf 'slipway: %s\n' "$*" >&2; }

fail() {
  say "$*"
  exit 1
}

# install_packages WHY PACKAGE... : installs Debian packages when root, else says exactly what to install and fails.
install_packages() {
  why=$1
  shift
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $* ($why)"
    [ -n "$(find /var/lib/apt/lists -maxdepth 1 -name '*_Packages*' -print -quit 2>/dev/null)" ] || apt-get -qq update >&2
    # The lists may be older than the archive: look again once before giving up.
    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >&2 ||
      { apt-get -qq update >&2 && DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@" >&2; } ||
      fail "could not install: $*"
  else
    fail "$why: run 'apt-get install $*' as root, then try again"
  fi
}

# Sets $java and $java_version: $JAVA_HOME if set, else the search path, else Debian's newest JDK.
need_java() {
  java=${JAVA_HOME:+$JAVA_HOME/bin/}java
  java_version=$(version_of_java) || java_version=0
  if [ "$java_version" -lt 17 ]; then
    [ -z "${JAVA_HOME:-}" ] || fail "JAVA_HOME=$JAVA_HOME holds no Java 17 or newer; unset it or point it to one"
    install_packages "Java 17 or newer is needed" default-jdk-headless
    java_version=$(version_of_java) || fail "Java was installed but does not run"
    [ "$java_version" -ge 17 ] || fail "Debian's default JDK here is Java $java_version; install a JDK of version 17 or newer and set JAVA_HOME"
  fi
}

version_of_java() {
  command -v "$java" >/dev/null || return 1
  # The release file beside a JDK answers without starting it.
  release=$(dirname "$(dirname "$(readlink -f "$(command -v "$java")")")")/release
  if [ -r "$release" ]; then
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$release"
  else
    "$java" -XshowSettings:properties -version 2>&1 | sed -n 's/^ *java.specification.version = \([0-9]*\).*/\1/p'
  fi
}

need_maven() {
  need_java
  command -v "${JAVA_HOME:+$JAVA_HOME/bin/}javac" >/dev/null || install_packages "a Java compiler is needed" default-jdk-headless
  command -v mvn >/dev/null || install_packages "Maven is needed to build" maven
}

# Prints something when a source is newer than the stamp.
changed_since() {
  (
    cd "$home" && for module in $modules; do
      [ -d "$module/src/main" ] && find "$module/pom.xml" "$module/src/main" -newer "$1" -print -quit
    done
    find pom.xml -newer "$1" -print
  )
}

# build LIB STAMP : compiles everything and gathers the jars, with an archive of loaded classes for a quick start. One at a time.
build() {
  mkdir -p "$home/examples/target"
  exec 9>"$home/examples/target/.building"
  flock 9
  if [ -e "$2" ] && [ -z "$(changed_since "$2")" ]; then
    exec 9>&-
    return
  fi
  say "building"
  # -o first: a checkout that was built before needs no network.
  (cd "$home" && { mvn -q -o -DskipTests -pl examples -am package >/dev/null 2>&1 || mvn -q -DskipTests -pl examples -am package >&2; }) ||
    fail "the build failed; its messages stand above"
  class_path=
  for jar in "$1"/*.jar; do
    class_path=${class_path:+$class_path:}$jar
  done
  printf '%s' "$class_path" >"$1/class-path"
  archive_classes "$1" "$class_path"
  touch "$2"
  exec 9>&-
}

# archive_classes LIB CLASS_PATH : lays the classes that commands load down in the form they have in memory, for a quick start: those of a few
# commands on small files. Makes nothing where that fails.
archive_classes() {
  trial=$(mktemp -d)
  here=$(dirname "$(readlink -f "$(command -v "$java")")")
  { cat "$here/java" && gzip -9nc "$here/../release"; } >"$trial/old"
  { cat "$here/javac" && { cat "$here/../release" && echo "new"; } | gzip -9nc; } >"$trial/new"
  for words in "--version" "--help" "delta create $trial/old $trial/new --output $trial/delta --profile max" \
    "delta apply $trial/old $trial/delta --output $trial/made"; do
    # shellcheck disable=SC2086 # words
    "$java" -XX:DumpLoadedClassList="$trial/list" -XX:+UseSerialGC -cp "$2" dev.slipway.examples.cli.Main $words >/dev/null 2>&1 || continue
    cat "$trial/list" >>"$trial/all"
  done
  # Numbers of classes hold within one list only; classes with a source are those of other loaders, told by number. Java 17 dies of a line that
  # comes twice.
  sed '/ source: /d; s/ id: [0-9]*//' "$trial/all" | awk '!seen[$0]++' >"$trial/classes"
  "$java" -Xshare:dump -XX:ErrorFile="$trial/error" -XX:SharedClassListFile="$trial/classes" -XX:SharedArchiveFile="$1/slipway-$java_version.jsa" -XX:+UseSerialGC -cp "$2" \
    >/dev/null 2>&1 || rm -f "$1/slipway-$java_version.jsa"
  rm -rf "$trial"
}
