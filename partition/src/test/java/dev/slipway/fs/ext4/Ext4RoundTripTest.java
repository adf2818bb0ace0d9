// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.ext4;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.io.Size;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import dev.slipway.volume.Extent;
import dev.slipway.volume.Volume;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes in comes out. */
class Ext4RoundTripTest {
  @Test
  void readsBackOneOfEverything() throws Exception {
    Tree tree = SampleTrees.everything();
    Referee.assertSame(tree, Referee.readBack(Ext4.of(tree, Referee.READ_ONLY)));
  }

  @Test
  void readsBackTheEmptyTree() throws Exception {
    Tree read = Ext4.read(Ext4.of(Tree.empty(), Referee.READ_ONLY).open(), "volume");
    assertThat(read.entries().keySet()).map(Object::toString).containsExactly("/", "/lost+found");
    assertThat(Referee.withoutLostAndFound(read)).isEqualTo(Tree.empty());
  }

  @Test
  void keepsALostAndFoundOfTheTree() throws Exception {
    Tree tree =
        Tree.of(t -> t.directory("/lost+found", 0711).file("/lost+found/x", 0600, Content.EMPTY));
    Referee.assertSame(tree, Ext4.read(Ext4.of(tree, Referee.READ_ONLY).open(), "volume"));
  }

  @Test
  void readsBackLargeDirectories() throws Exception {
    Tree tree =
        Tree.of(
            t -> {
              for (int i = 0; i < 20_000; i++) {
                t.file("/flat/file-" + i, 0644, Content.EMPTY);
              }
              for (int i = 0; i < 300; i++) {
                t.directory("/directories/" + i, 0755);
              }
            });
    Referee.assertSame(tree, Referee.readBack(Ext4.of(tree, Referee.READ_ONLY)));
  }

  @Test
  void saysWhereFilesLie() throws Exception {
    Tree tree = SampleTrees.everything();
    Volume volume = Ext4.of(tree, Referee.READ_ONLY);
    List<Extent> found = Ext4.open(volume.open(), "volume").extents();
    for (Extent written : volume.extents()) {
      assertThat(found)
          .anyMatch(
              read ->
                  read.path().equals(written.path())
                      && read.digest().equals(written.digest())
                      && read.offset() <= written.offset()
                      && read.offset() + read.length() >= written.offset() + written.length()
                      && written.fileOffset() - read.fileOffset()
                          == written.offset() - read.offset());
    }
  }

  @Test
  void tellsWhatItIs() throws Exception {
    Volume volume =
        Ext4.of(
            Tree.empty(),
            Ext4Options.writable(Referee.ID, Referee.TIME, Size.mib(64)).withLabel("data"));
    Ext4Image image = Ext4.open(volume.open(), "volume");
    assertThat(image.label()).isEqualTo("data");
    assertThat(image.uuid()).isEqualTo(Referee.ID);
    assertThat(image.size()).isEqualTo(Size.mib(64));
    assertThat(image.used()).isBetween(Size.mib(8), Size.mib(12)); // most of it the journal
    assertThat(Ext4.isOn(volume.open())).isTrue();
    assertThat(Ext4.isOn(Volume.zeros(1 << 20).open())).isFalse();
  }
}
