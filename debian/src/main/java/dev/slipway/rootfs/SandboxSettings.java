// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.tree.TreePath;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What commands in a {@link Sandbox} find around them.
 *
 * @param epochSeconds {@code SOURCE_DATE_EPOCH} for the commands, and the time that files get whose
 *     time is that of the run
 * @param network whether the host's network is there; without it a run depends on its inputs alone
 * @param environment variables beside the fixed ones, or instead of them
 * @param stubs scripts that stand in for programs of the tree during commands that ask for it; they
 *     never become part of the tree
 * @param scratch where the tree is unpacked when memory is short; without it, always in memory
 */
public record SandboxSettings(
    long epochSeconds,
    boolean network,
    SortedMap<String, String> environment,
    SortedMap<TreePath, String> stubs,
    Optional<Path> scratch) {
  public SandboxSettings {
    Objects.requireNonNull(scratch, "scratch");
    environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    stubs = Collections.unmodifiableSortedMap(new TreeMap<>(stubs));
    environment.forEach(
        (name, value) -> {
          if (!name.matches("[A-Za-z_][A-Za-z0-9_]*") || value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                "not an environment variable: \"" + name + "=" + value + "\"");
          }
        });
  }

  /** No network, nothing beside the fixed environment. */
  public static SandboxSettings at(long epochSeconds) {
    return new SandboxSettings(
        epochSeconds, false, new TreeMap<>(), new TreeMap<>(), Optional.empty());
  }

  /** The same with or without the host's network. */
  public SandboxSettings withNetwork(boolean there) {
    return new SandboxSettings(epochSeconds, there, environment, stubs, scratch);
  }

  /** The same with further variables. */
  public SandboxSettings withEnvironment(Map<String, String> variables) {
    var all = new TreeMap<>(environment);
    all.putAll(variables);
    return new SandboxSettings(epochSeconds, network, all, stubs, scratch);
  }

  /** The same with a script in the place of a program. */
  public SandboxSettings withStub(String path, String script) {
    var all = new TreeMap<>(stubs);
    all.put(TreePath.of(path), script);
    return new SandboxSettings(epochSeconds, network, environment, all, scratch);
  }

  /** The same with a directory for trees that do not fit in memory. */
  public SandboxSettings withScratch(Path directory) {
    return new SandboxSettings(epochSeconds, network, environment, stubs, Optional.of(directory));
  }

  /** The whole environment of a command. */
  SortedMap<String, String> variables() {
    var all = new TreeMap<String, String>();
    all.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    all.put("HOME", "/root");
    all.put("LC_ALL", "C.UTF-8");
    all.put("TZ", "UTC");
    all.put("SHELL", "/bin/sh");
    all.put("SOURCE_DATE_EPOCH", Long.toString(epochSeconds));
    all.put("DEBIAN_FRONTEND", "noninteractive");
    all.put("DEBCONF_NONINTERACTIVE_SEEN", "true");
    // Hash orders of the interpreters that maintainer scripts use: their output must be a function
    // of its input.
    all.put("PERL_HASH_SEED", "0");
    all.put("PYTHONHASHSEED", "0");
    all.putAll(environment);
    return all;
  }
}
