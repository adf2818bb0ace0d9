// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Compares the checksums that old and new modules give for the same names. */
final class ChecksumLearner {
  private static final int WORTH = 2; // a checksum used once costs the same where it stands
  private static final int NAME_LONGEST = 56;
  private static final int SYMBOLS_MOST = 1 << 20;

  private final Map<Integer, Map<Integer, Integer>> counts = new TreeMap<>();

  void add(PagedBytes before, ElfHeaders oldHeaders, PagedBytes after, ElfHeaders newHeaders)
      throws IOException {
    Map<String, Integer> old = named(before, oldHeaders);
    for (var symbol : named(after, newHeaders).entrySet()) {
      Integer was = old.get(symbol.getKey());
      if (was != null && !was.equals(symbol.getValue()) && counts.size() < SYMBOLS_MOST) {
        counts.computeIfAbsent(was, k -> new TreeMap<>()).merge(symbol.getValue(), 1, Integer::sum);
      }
    }
  }

  private static Map<String, Integer> named(PagedBytes file, ElfHeaders headers)
      throws IOException {
    var named = new HashMap<String, Integer>();
    int index = headers.find("__versions");
    if (index >= 0) {
      Section section = headers.sections.get(index);
      if (file.has(section.offset(), section.fileSize())) {
        long end = section.endOffset() - SymbolVersions.NAMED_BYTES;
        for (long at = section.offset(); at <= end; at += SymbolVersions.NAMED_BYTES) {
          named.put(file.text(at + 8, NAME_LONGEST), file.i32(at));
        }
      }
    }
    return named;
  }

  Checksums learned() {
    var olds = new int[counts.size()];
    var news = new int[counts.size()];
    int count = 0;
    for (var symbol : counts.entrySet()) {
      int best = 0;
      int most = 0;
      for (var candidate : symbol.getValue().entrySet()) {
        if (candidate.getValue() > most) {
          most = candidate.getValue();
          best = candidate.getKey();
        }
      }
      if (most >= WORTH) {
        olds[count] = symbol.getKey();
        news[count++] = best;
      }
    }
    return new Checksums(Arrays.copyOf(olds, count), Arrays.copyOf(news, count));
  }
}
