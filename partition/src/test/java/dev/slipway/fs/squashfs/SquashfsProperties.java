// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.testing.GeneratedTree;
import dev.slipway.tree.Tree;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Generated trees: our reader gives the same tree, and bytes repeat. */
class SquashfsProperties {
  private static final List<SquashfsCompression> WRITTEN =
      List.of(
          SquashfsCompression.NONE,
          SquashfsCompression.GZIP,
          SquashfsCompression.XZ,
          SquashfsCompression.ZSTD);

  private static SquashfsOptions options(long seed) {
    var random = new Random(seed);
    return SquashfsOptions.of(WRITTEN.get(random.nextInt(4)), random.nextLong(1L << 32))
        .withBlockBytes(1 << 12 + random.nextInt(9));
  }

  @Property(tries = 120)
  void readsBackWhatItWrote(@ForAll long seed) throws Exception {
    Tree tree = Samples.holdable(GeneratedTree.of(seed));
    Samples.assertSame(tree, Samples.read(Samples.bytes(tree, options(seed))));
  }

  @Property(tries = 12)
  void theSameTreeGivesTheSameBytesWhateverTheThreads(@ForAll long seed) throws Exception {
    Tree tree = Samples.holdable(GeneratedTree.of(seed));
    var shuffled = new ArrayList<>(tree.entries().entrySet());
    Collections.shuffle(shuffled, new Random(seed));
    Tree again = Tree.of(t -> shuffled.forEach(e -> t.put(e.getKey(), e.getValue())));
    byte[] bytes = Samples.bytes(tree, options(seed), 1);
    assertThat(Samples.bytes(again, options(seed), 3)).isEqualTo(bytes);
  }
}
