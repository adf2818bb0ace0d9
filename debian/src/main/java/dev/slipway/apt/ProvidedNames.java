// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.util.Arrays;

/**
 * Which stanzas provide a name: a table of hashes, so that two names may share an answer; who asks
 * looks again.
 */
final class ProvidedNames {
  private int count;
  private int[] hash = new int[1024];
  private int[] stanza = new int[1024];
  private int[] heads;
  private int[] next;

  private ProvidedNames() {}

  static ProvidedNames of(CompactStanzas stanzas) {
    var names = new ProvidedNames();
    for (int number = 0; number < stanzas.count(); number++) {
      int owner = number;
      stanzas.visit(
          number,
          IndexField.PROVIDES,
          (bytes, start, end) ->
              RelationNames.forEach(
                  bytes,
                  start,
                  end,
                  (from, to) -> names.add(CompactStanzas.hash(bytes, from, to - from), owner)));
    }
    names.link();
    return names;
  }

  private void add(int nameHash, int owner) {
    if (count == hash.length) {
      hash = Arrays.copyOf(hash, count * 2);
      stanza = Arrays.copyOf(stanza, count * 2);
    }
    hash[count] = nameHash;
    stanza[count++] = owner;
  }

  private void link() {
    heads = new int[Integer.highestOneBit(Math.max(16, count)) * 2];
    next = new int[count];
    for (int i = count - 1; i >= 0; i--) {
      int slot = hash[i] & (heads.length - 1);
      next[i] = heads[slot];
      heads[slot] = i + 1;
    }
  }

  /** The numbers of the stanzas that may provide a name, ascending, each once. */
  int[] find(String name) {
    byte[] wanted = name.getBytes(java.nio.charset.StandardCharsets.UTF_8);
    int wantedHash = CompactStanzas.hash(wanted, 0, wanted.length);
    int[] found = new int[4];
    int size = 0;
    for (int at = heads[wantedHash & (heads.length - 1)]; at != 0; at = next[at - 1]) {
      if (hash[at - 1] == wantedHash && (size == 0 || found[size - 1] != stanza[at - 1])) {
        found = size == found.length ? Arrays.copyOf(found, size * 2) : found;
        found[size++] = stanza[at - 1];
      }
    }
    return Arrays.copyOf(found, size);
  }
}
