// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a name is first mentioned in the indexes, by its own package or in another's dependencies.
 *
 * <p>apt numbers names in the order in which it meets them, and where nothing else tells two
 * providers of a name apart, it takes the one with the higher number. So the order of the index
 * decides, and to choose as apt does, it is found out here: only when it comes to that, by reading
 * on until the names were met.
 */
final class FirstMention {
  private final List<PackageIndex> indexes;
  private final Map<String, Long> found = new HashMap<>();

  FirstMention(List<PackageIndex> indexes) {
    this.indexes = indexes;
  }

  /** The name that is mentioned later comes first. */
  Comparator<Offer> later() {
    return (a, b) -> a.name == b.name ? 0 : Long.compare(of(b.name.text), of(a.name.text));
  }

  private long of(String name) {
    Long known = found.get(name);
    if (known == null) {
      known = search(name.getBytes(StandardCharsets.UTF_8));
      found.put(name, known);
    }
    return known;
  }

  /** Counts mentions up to the first of this name. */
  private long search(byte[] name) {
    var counter = new Counter(name);
    for (PackageIndex index : indexes) {
      CompactStanzas stanzas = index.stanzas();
      for (int number = 0; number < stanzas.count(); number++) {
        stanzas.visit(number, IndexField.PACKAGE, counter::name);
        stanzas.visitAll(number, IndexField.PRE_DEPENDS, IndexField.PROVIDES, counter::names);
        if (counter.done) {
          return counter.count;
        }
      }
    }
    return Long.MAX_VALUE;
  }

  private static final class Counter {
    private final byte[] wanted;
    private long count;
    private boolean done;

    Counter(byte[] wanted) {
      this.wanted = wanted;
    }

    void name(byte[] bytes, int start, int end) {
      if (done) {
        return;
      }
      count++;
      done =
          end - start == wanted.length
              && java.util.Arrays.equals(bytes, start, end, wanted, 0, wanted.length);
    }

    void names(byte[] bytes, int start, int end) {
      RelationNames.forEach(
          bytes,
          start,
          end,
          (from, to) -> {
            if (to == end || bytes[to] != ':') { // name:any is another name
              name(bytes, from, to);
            }
          });
    }
  }
}
