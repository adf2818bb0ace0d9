// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of static deltas whose checksum is right and whose operations are not. */
class HostileDeltaTest {
  private static final long HUGE = Long.MAX_VALUE;

  /** Sets the last bit of ten bytes: a number above 2^63. */
  private static final long NEGATIVE = -1;

  @TempDir Path work;

  private OstreeRepository client;
  private Digest here;
  private DeltaSuperblock good;
  private ObjectName file;
  private ObjectName directory;

  @BeforeEach
  void makeRepositories() throws Exception {
    OstreeRepository server = Repositories.init(work.resolve("server"), RepositoryMode.ARCHIVE);
    Digest first = Repositories.commit(server, "a", "one");
    client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    client.pullLocal("o", server, PullOptions.of(List.of("a")), 1, Progress.none());
    here = DeltaScope.of(client, first).files().get("/usr/bin/tool");
    Digest second = Repositories.commit(server, "a", "two");
    var name = new DeltaName(Optional.of(first), second);
    Path made = StaticDelta.make(server, name, DeltaOptions.threads(1), Progress.none());
    good = StaticDelta.superblock(made, DeltaLimits.DEFAULT);
    file = ObjectName.file(DeltaScope.of(server, second).files().get("/etc/greeting"));
    directory = ObjectName.dirTree(server.commit(second).tree());
  }

  private static byte[] operations(Object... words) {
    var out = new ByteArrayOutputStream();
    for (Object word : words) {
      if (word instanceof Character operation) {
        out.write(operation);
      } else {
        long value = ((Number) word).longValue();
        for (; (value & ~0x7fL) != 0; value >>>= 7) {
          out.write((int) (value & 0x7f | 0x80));
        }
        out.write((int) value);
      }
    }
    return out.toByteArray();
  }

  private byte[] data() {
    byte[] data = new byte[100];
    System.arraycopy(here.bytes(), 0, data, 0, Digest.BYTES);
    return data;
  }

  /** A part in plain bytes: mark and payload. */
  private byte[] part(byte[] operations) {
    Variant modes =
        Variant.array(
            "(uuu)",
            Stream.of(0100644, 0120777, 0060644)
                .map(
                    mode ->
                        Variant.tuple(
                            Variant.u32(0),
                            Variant.u32(0),
                            Variant.u32(Integer.reverseBytes(mode) & 0xffff_ffffL)))
                .toList());
    Variant attributes = Variant.array("a(ayay)", List.of(Variant.array("(ayay)", List.of())));
    byte[] payload =
        Variant.tuple(modes, attributes, Variant.bytes(data()), Variant.bytes(operations))
            .toBytes();
    byte[] file = new byte[payload.length + 1];
    System.arraycopy(payload, 0, file, 1, payload.length);
    return file;
  }

  private Path delta(byte[] part, ObjectName... objects) throws IOException {
    Path delta = Files.createTempDirectory(work, "delta");
    Files.write(delta.resolve("0"), part);
    var said = new Part(Digest.of(part), part.length, 100, List.of(objects));
    Files.write(
        delta.resolve(DeltaSuperblock.FILE),
        new DeltaSuperblock(
                VariantDict.empty(), 0, good.name(), good.commit(), List.of(said), List.of())
            .toBytes());
    return delta;
  }

  private void refuses(Path delta, String why) throws IOException {
    FsckReport before = client.fsck(1, Progress.none());
    Throwable refused =
        catchThrowable(
            () -> StaticDelta.apply(client, delta, DeltaLimits.DEFAULT, Progress.none()));
    assertThat(refused)
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith(delta + ": part 0")
        .hasMessageContaining(why);
    assertThat(refused.getMessage().lines()).hasSize(1);
    assertThat(client.fsck(1, Progress.none())).isEqualTo(before);
    try (Stream<Path> left = Files.list(client.temporary())) {
      assertThat(left.filter(path -> !path.endsWith("cache"))).isEmpty();
    }
  }

  private void refusesFile(String why, Object... words) throws IOException {
    refuses(delta(part(operations(words)), file), why);
  }

  @Test
  void sizesAndOffsetsThatLeadOutOfTheData() throws Exception {
    for (long bad : new long[] {101, HUGE, NEGATIVE}) {
      refusesFile("", 'S', 0, 0, bad, 0);
      refusesFile("", 'S', 0, 0, 1, bad);
      refusesFile("", 'o', 0, 0, 10, 'w', 1, bad);
      refusesFile("writes ", 'o', 0, 0, 10, 'w', bad, 0);
      refusesFile("", 'r', bad);
      refusesFile("", 'o', 0, 0, 10, 'r', 0, 'w', 1, bad);
      refusesFile("", 'o', 0, 0, 10, 'r', 0, 'B', bad, 1);
      refusesFile("", 'o', 0, 0, 10, 'r', 0, 'B', 0, bad);
      refuses(delta(part(operations('S', bad, 0)), directory), "");
      refuses(delta(part(operations('S', 1, bad)), directory), "");
    }
    refusesFile("bytes, at most ", 'o', 0, 0, HUGE);
  }

  @Test
  void rowsOfTablesThatAreNotThere() throws Exception {
    for (long bad : new long[] {3, HUGE, NEGATIVE}) {
      String row = Long.toUnsignedString(bad);
      refusesFile("mode " + row + ", there are 3", 'S', bad, 0, 1, 0);
      refusesFile("set of attributes " + row + ", there are 1", 'S', 0, bad, 1, 0);
      refusesFile("mode " + row + ", there are 3", 'o', bad, 0, 1);
    }
  }

  @Test
  void operationsOutOfOrder() throws Exception {
    refusesFile("operation at byte 0: 0x51", 'Q');
    refusesFile("works on a file that was not begun", 'w', 1, 0);
    refusesFile("works on a file that was not begun", 'c');
    refusesFile("patches no file", 'o', 0, 0, 1, 'B', 0, 1);
    refusesFile("begins an object within another", 'o', 0, 0, 1, 'o', 0, 0, 1);
    refusesFile("begins an object within another", 'o', 0, 0, 1, 'S', 0, 0, 1, 0);
    refusesFile("ends a file of 2 bytes after 1", 'o', 0, 0, 2, 'w', 1, 0, 'c');
    refusesFile("patches into a file that has 1", 'o', 0, 0, 2, 'w', 1, 0, 'r', 0, 'B', 0, 1);
    refusesFile("ends after 0 of 1 objects");
    refusesFile("ends after 0 of 1 objects", 'o', 0, 0, 1);
    refusesFile("a number that does not end", 'o');
    refusesFile("makes an object with the checksum ", 'S', 0, 0, 1, 0);
    refuses(delta(part(operations('o', 0, 0, 1)), directory), "begins a file where a directory");
    ObjectName small = ObjectName.dirMeta(Digest.of(Arrays.copyOf(data(), 12)));
    refuses(
        delta(part(operations('S', 12, 0, 'S', 0, 0, 1, 0)), small),
        "makes more than the 1 objects announced");
    refuses(
        delta(part(operations('S', 12, 0, 'o', 0, 0, 1)), small),
        "begins a file where nothing is announced");
    byte[] endless = new byte[12];
    Arrays.fill(endless, (byte) 0xff);
    endless[0] = 'r';
    refuses(delta(part(endless), file), "a number that does not end");
  }

  @Test
  void filesThatAreNone() throws Exception {
    refusesFile("is neither of a file nor of a link", 'S', 2, 0, 1, 0);
    refusesFile("target", 'o', 1, 0, 1);
    refusesFile("patch at byte 32", 'o', 0, 0, 10, 'r', 0, 'B', 32, 3);
    refusesFile("patch at byte 0", 'o', 0, 0, 10, 'r', 0, 'B', 0, 100);
  }

  @Test
  void payloadsThatAreNone() throws Exception {
    refuses(delta(new byte[0], file), "");
    refuses(delta(new byte[] {7}, file), "byte 0: compression 7, expected 'x' or 0");
    refuses(delta(new byte[] {0, 1, 1}, file), "a payload of 2 bytes has no room for ends");
    refuses(delta(new byte[] {0, 9, 9, 9, 9}, file), "members end at ");
    refuses(delta(new byte[] {'x', 1, 2, 3}, file), "");
    byte[] cut = part(operations('c'));
    for (int length = 1; length < cut.length; length += 5) {
      refuses(delta(Arrays.copyOf(cut, length), file), "");
    }
  }
}
