// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.fat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSink;
import dev.slipway.io.BlockSource;
import dev.slipway.io.MemoryBlockSink;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of one directory are replaced in place, and nothing else is ever in doubt. */
class FatReplaceTest {
  private static final byte[] KEPT = noise(1, 70_000);

  private static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static TreeMap<String, Content> files(long seed) {
    var files = new TreeMap<String, Content>();
    files.put("BOOTX64.EFI", Content.bytes(noise(seed, 100_000 + (int) seed * 3000)));
    files.put("PLACE2", Content.utf8("2\n"));
    files.put("grub.cfg", Content.utf8("set x=" + "y".repeat((int) seed * 900) + "\n"));
    files.put("grubx64.efi", Content.bytes(noise(seed + 50, 150_001)));
    files.put("mmx64.efi", Content.EMPTY);
    return files;
  }

  private static byte[] volume(FatType type, int mebibytes) throws IOException {
    Tree tree =
        Tree.of(
            t -> {
              t.file("/EFI/BOOT/BOOTX64.EFI", 0644, Content.bytes(KEPT));
              files(1).forEach((name, content) -> t.file("/EFI/SPARE/" + name, 0644, content));
              t.file("/EFI/debian/grubenv.1", 0644, Content.bytes(noise(9, 1024)));
            });
    MemoryBlockSink sink = BlockSink.inMemory(mebibytes << 20);
    Fat.of(tree, FatOptions.of(Size.mib(mebibytes), 7).withType(type).withLabel("ESP"))
        .writeTo(sink, Progress.none());
    return sink.bytes();
  }

  /** A volume in memory that remembers how it was written to; null is a flush. */
  private static final class Recorded implements BlockSink {
    private final byte[] bytes;
    private final List<Map.Entry<Long, byte[]>> events = new ArrayList<>();

    Recorded(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public void write(long offset, ByteBuffer data) {
      byte[] copy = new byte[data.remaining()];
      data.get(copy);
      System.arraycopy(copy, 0, bytes, (int) offset, copy.length);
      events.add(Map.entry(offset, copy));
    }

    @Override
    public void flush() {
      events.add(Map.entry(-1L, new byte[0]));
    }

    @Override
    public void close() {}
  }

  private static Recorded replace(byte[] volume, Map<String, Content> files) throws IOException {
    var recorded = new Recorded(volume);
    Fat.replace(
        BlockSource.bytes(volume), recorded, "esp", "/EFI/SPARE", new TreeMap<>(files), 1000);
    return recorded;
  }

  private static Tree read(byte[] volume) throws IOException {
    return Fat.read(BlockSource.bytes(volume), "esp").tree();
  }

  private static boolean holds(Tree tree, Map<String, Content> files) throws IOException {
    for (Map.Entry<String, Content> file : files.entrySet()) {
      String path = "/EFI/SPARE/" + file.getKey();
      if (!tree.contains(path) || !Arrays.equals(tree.read(path), file.getValue().readAll())) {
        return false;
      }
    }
    return true;
  }

  @ParameterizedTest
  @CsvSource({"FAT12,2", "FAT16,8", "FAT32,40"})
  @RequiresTool(value = "fsck.fat", in = "dosfstools")
  void fsckHasNothingToSayAfterAnyNumberOfTimes(FatType type, int mebibytes, @TempDir Path temp)
      throws Exception {
    byte[] volume = volume(type, mebibytes);
    Path image = temp.resolve("esp.img");
    for (int seed = 2; seed < 6; seed++) {
      replace(volume, files(seed));
      assertThat(holds(read(volume), files(seed))).isTrue();
      assertThat(read(volume).read("/EFI/BOOT/BOOTX64.EFI")).isEqualTo(KEPT);
      Files.write(image, volume);
      Tool.Result result = Tool.run(Map.of(), "fsck.fat", "-n", image.toString());
      assertThat(result.status()).as(result.output()).isZero();
    }
    assertThat(replace(volume, files(5)).events)
        .as("what is right already costs the two sectors of the directory")
        .filteredOn(event -> event.getKey() >= 0 && event.getValue().length > 512)
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"FAT12,2", "FAT16,8"})
  void everyCutLeavesEverythingElseAndCanBeDoneAgain(FatType type, int mebibytes) throws Exception {
    byte[] before = volume(type, mebibytes);
    var recorded = replace(before.clone(), files(3));
    byte[] disk = before.clone();
    int cuts = 0;
    for (Map.Entry<Long, byte[]> event : recorded.events) {
      check(disk);
      for (int torn = 512; torn < event.getValue().length; torn += 512) {
        byte[] part = disk.clone();
        System.arraycopy(event.getValue(), 0, part, event.getKey().intValue(), torn);
        if (torn % 4096 == 0) {
          check(part);
        }
      }
      for (int torn = 32; torn < 512 && event.getValue().length == 512; torn += 96) {
        byte[] front = disk.clone();
        int at = event.getKey().intValue();
        System.arraycopy(event.getValue(), 0, front, at, torn);
        check(front);
        byte[] back = disk.clone();
        System.arraycopy(event.getValue(), torn, back, at + torn, 512 - torn);
        check(back);
      }
      if (event.getKey() >= 0) {
        System.arraycopy(
            event.getValue(), 0, disk, event.getKey().intValue(), event.getValue().length);
      }
      cuts++;
    }
    assertThat(cuts).isGreaterThan(8);
    assertThat(holds(read(disk), files(3))).isTrue();
  }

  private static void check(byte[] disk) throws IOException {
    Tree tree = read(disk);
    assertThat(tree.read("/EFI/BOOT/BOOTX64.EFI")).isEqualTo(KEPT);
    assertThat(tree.read("/EFI/debian/grubenv.1")).isEqualTo(noise(9, 1024));
    byte[] again = disk.clone();
    replace(again, files(4));
    assertThat(holds(read(again), files(4))).isTrue();
    assertThat(read(again).read("/EFI/BOOT/BOOTX64.EFI")).isEqualTo(KEPT);
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    byte[] volume = volume(FatType.FAT12, 2);
    byte[] before = volume.clone();
    var large = new TreeMap<String, Content>();
    large.put("LARGE", Content.bytes(noise(1, 3 << 20)));
    assertThatThrownBy(() -> replace(volume, large))
        .isInstanceOf(IOException.class)
        .hasMessageMatching(
            "esp: /EFI/SPARE: the new files need 3 MiB, there is room for .*[.] Remove what else was put on this partition");
    var many = new TreeMap<String, Content>();
    for (int i = 0; i < 14; i++) {
      many.put("FILE" + i, Content.EMPTY);
    }
    assertThatThrownBy(() -> replace(volume, many))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("its names take more than one sector");
    assertThatThrownBy(
            () ->
                Fat.replace(
                    BlockSource.bytes(volume), new Recorded(volume), "esp", "/EFI", large, 0))
        .hasMessage("esp: /EFI/BOOT: is in the way and no file");
    assertThatThrownBy(
            () ->
                Fat.replace(
                    BlockSource.bytes(volume), new Recorded(volume), "esp", "/NONE", large, 0))
        .hasMessage("esp: there is no directory /NONE");
    assertThatThrownBy(
            () ->
                Fat.replace(
                    BlockSource.bytes(volume),
                    new Recorded(volume),
                    "esp",
                    "/EFI/BOOT/BOOTX64.EFI",
                    large,
                    0))
        .hasMessage("esp: there is no directory /EFI/BOOT/BOOTX64.EFI");
    for (String bad : List.of("a/b", "x?y", "dot.")) {
      var named = new TreeMap<String, Content>();
      named.put(bad, Content.EMPTY);
      assertThatThrownBy(() -> replace(volume, named)).isInstanceOf(IllegalArgumentException.class);
    }
    var same = new TreeMap<String, Content>();
    same.put("GRUB.EFI", Content.EMPTY);
    same.put("grub.efi", Content.EMPTY);
    assertThatThrownBy(() -> replace(volume, same)).hasMessageContaining("for the same");
    assertThat(volume).isEqualTo(before);
  }
}
