// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;

/**
 * Where names are first mentioned in the indexes, by their own package or in another's
 * dependencies.
 *
 * <p>apt numbers names in the order in which it meets them, and where nothing else tells two
 * providers of a name apart, it takes the one with the higher number. So the order of the index
 * decides, and to choose as apt does, it is found out here: only when it comes to that, which it
 * seldom does in small systems, and then for all names at once.
 *
 * <p><b>For the maintainer.</b> An open table of (hash of the name, number of its first mention).
 * Two names with one 64-bit hash would share a number, which could at worst swap two equally good
 * providers. 100,000 names take 3 MB.
 */
final class FirstMention {
  private final List<PackageIndex> indexes;
  private long[] hashes;
  private int[] mentions;
  private int count;

  FirstMention(List<PackageIndex> indexes) {
    this.indexes = indexes;
  }

  /** The name that is mentioned later comes first. */
  Comparator<Offer> later() {
    return (a, b) -> a.name == b.name ? 0 : Integer.compare(of(b.name.text), of(a.name.text));
  }

  private int of(String name) {
    if (hashes == null) {
      readAll();
    }
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int slot = slot(hash(bytes, 0, bytes.length));
    return hashes[slot] == 0 ? Integer.MAX_VALUE : mentions[slot];
  }

  private void readAll() {
    hashes = new long[1 << 12];
    mentions = new int[1 << 12];
    for (PackageIndex index : indexes) {
      CompactStanzas stanzas = index.stanzas();
      for (int number = 0; number < stanzas.count(); number++) {
        stanzas.visit(number, IndexField.PACKAGE, this::mention);
        stanzas.visitAll(
            number, IndexField.PRE_DEPENDS, IndexField.PROVIDES, this::mentionRelations);
      }
    }
  }

  private void mentionRelations(byte[] bytes, int start, int end) {
    RelationNames.forEach(
        bytes,
        start,
        end,
        (from, to) -> {
          if (to == end || bytes[to] != ':') { // name:any is another name
            mention(bytes, from, to);
          }
        });
  }

  private void mention(byte[] bytes, int start, int end) {
    long hash = hash(bytes, start, end);
    int slot = slot(hash);
    if (hashes[slot] != 0) {
      return;
    }
    hashes[slot] = hash;
    mentions[slot] = count++;
    if (count > hashes.length / 2) {
      grow();
    }
  }

  private void grow() {
    long[] oldHashes = hashes;
    int[] oldMentions = mentions;
    hashes = new long[oldHashes.length * 2];
    mentions = new int[oldHashes.length * 2];
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldHashes[i] != 0) {
        int slot = slot(oldHashes[i]);
        hashes[slot] = oldHashes[i];
        mentions[slot] = oldMentions[i];
      }
    }
  }

  private int slot(long hash) {
    int mask = hashes.length - 1;
    int slot = (int) hash & mask;
    while (hashes[slot] != 0 && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private static long hash(byte[] bytes, int start, int end) {
    long hash = 0xcbf29ce484222325L; // FNV-1a, then mixed
    for (int i = start; i < end; i++) {
      hash = (hash ^ bytes[i]) * 0x100000001b3L;
    }
    hash ^= hash >>> 32;
    return hash == 0 ? 1 : hash;
  }
}
