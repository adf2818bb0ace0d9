// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Finds for each new file an old one that it may have been made from: at the same path; else at a
 * path that differs in numbers only, as of another kernel's modules or another version's library;
 * else of the same name.
 */
final class DeltaPairs {
  /** A file of the new commit that the old one does not have. */
  record NewFile(String path, Digest checksum) {}

  private final NavigableMap<String, Digest> before;
  private final Map<String, List<String>> byShape = new HashMap<>();
  private final Map<String, List<String>> byName = new HashMap<>();

  DeltaPairs(NavigableMap<String, Digest> before) {
    this.before = before;
    for (String path : before.keySet()) {
      byShape.computeIfAbsent(shape(path), s -> new ArrayList<>()).add(path);
      byName.computeIfAbsent(shape(name(path)), s -> new ArrayList<>()).add(path);
    }
  }

  /** What is new, each object once, at the first path in order where it stands. */
  List<NewFile> newFiles(NavigableMap<String, Digest> after) {
    Set<Digest> known = new HashSet<>(before.values());
    var found = new TreeMap<String, Digest>();
    after.forEach(
        (path, checksum) -> {
          if (known.add(checksum)) {
            found.put(path, checksum);
          }
        });
    return found.entrySet().stream().map(e -> new NewFile(e.getKey(), e.getValue())).toList();
  }

  /** The old file to compare a new one with. */
  Optional<Digest> baseOf(String path) {
    Digest same = before.get(path);
    if (same != null) {
      return Optional.of(same);
    }
    return nearest(path, byShape.get(shape(path)))
        .or(() -> nearest(path, byName.get(shape(name(path)))))
        .map(before::get);
  }

  /** The path that has the longest beginning and end in common. */
  private static Optional<String> nearest(String path, List<String> candidates) {
    if (candidates == null) {
      return Optional.empty();
    }
    return candidates.stream()
        .max(
            Comparator.<String>comparingInt(c -> common(path, c))
                .thenComparing(Comparator.reverseOrder()));
  }

  private static int common(String a, String b) {
    int limit = Math.min(a.length(), b.length());
    int start = 0;
    while (start < limit && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < limit - start
        && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
      end++;
    }
    return start + end;
  }

  private static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** A path without its numbers. */
  private static String shape(String path) {
    return path.replaceAll("[0-9]+", "#");
  }
}
