// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.BlockSource;
import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Node.Directory;
import dev.slipway.tree.Node.RegularFile;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreeBuilder;
import dev.slipway.tree.TreePath;
import dev.slipway.volume.Volume;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What goes in comes out, over generated trees and all kinds of volumes. */
class FatProperties {
  private static final String ALPHABET = "aAbBzZ019._-~+,;=[]! éÜ€日";

  @Property(tries = 150)
  void treesComeBack(@ForAll("trees") Tree tree, @ForAll("options") FatOptions options)
      throws Exception {
    Volume volume = Fat.of(tree, options);
    FatVolume found = Fat.read(BlockSource.bytes(FatTest.bytes(volume)), "generated");
    assertThat(found.tree()).isEqualTo(tree);
    assertThat(found.label()).isEqualTo(options.label());
    assertThat(found.serial()).isEqualTo(options.serial());
    assertThat(found.extents()).isEqualTo(volume.extents());
  }

  @Provide
  Arbitrary<FatOptions> options() {
    return Combinators.combine(
            Arbitraries.of(
                FatOptions.of(Size.mib(4), 1),
                FatOptions.of(Size.mib(6), 2).withSectorsPerCluster(1),
                FatOptions.of(Size.mib(8), 3).withType(FatType.FAT12),
                FatOptions.of(Size.mib(12), 4).withType(FatType.FAT16).withSectorsPerCluster(1),
                FatOptions.of(Size.mib(20), 5).withSectorBytes(4096),
                FatOptions.of(Size.mib(34), 6).withType(FatType.FAT32)),
            Arbitraries.of("", "A", "ELEVENCHARS", "WITH SPACE"))
        .as(FatOptions::withLabel);
  }

  @Provide
  Arbitrary<Tree> trees() {
    return Arbitraries.randomValue(FatProperties::tree);
  }

  private static Tree tree(Random random) {
    TreeBuilder tree = Tree.empty().toBuilder();
    List<TreePath> directories = new ArrayList<>(List.of(TreePath.ROOT));
    var taken = new HashSet<String>();
    int count = random.nextInt(60);
    for (int i = 0; i < count; i++) {
      TreePath parent = directories.get(random.nextInt(directories.size()));
      String name = name(random);
      if (FatNames.problem(name).isPresent()
          || name.equals(".")
          || !taken.add(parent + "/" + FatNames.folded(name))) {
        continue;
      }
      TreePath path = parent.child(name);
      var metadata =
          dev.slipway.tree.Metadata.mode(0644)
              .withMtime(315_532_800 + 2L * random.nextInt(1_000_000_000), 0);
      if (random.nextInt(4) == 0) {
        tree.put(path, new Directory(metadata.withMode(0755)));
        directories.add(path);
      } else {
        byte[] content =
            new byte[random.nextInt(4) == 0 ? random.nextInt(9000) : random.nextInt(9)];
        random.nextBytes(content);
        tree.put(path, new RegularFile(metadata, Content.bytes(content)));
      }
    }
    return tree.build();
  }

  private static String name(Random random) {
    int length = random.nextInt(10) == 0 ? 1 + random.nextInt(80) : 1 + random.nextInt(13);
    var name = new StringBuilder();
    for (int i = 0; i < length; i++) {
      name.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return name.toString();
  }
}
