// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

final class CodecTest {
  private static final byte[] TEXT =
      "the quick brown fox jumps over the quick brown dog".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path directory;

  /** Runs of zeros, noise, few letters and repeats, mixed. */
  static byte[] mixed(int size, int seed) {
    var random = new Random(seed);
    byte[] bytes = new byte[size];
    int at = 0;
    while (at < size) {
      int run = Math.min(size - at, 1 + random.nextInt(400));
      int kind = random.nextInt(4);
      int distance = 1 + random.nextInt(at + 1);
      for (int i = 0; i < run; i++, at++) {
        bytes[at] =
            switch (kind) {
              case 0 -> 0;
              case 1 -> (byte) random.nextInt();
              case 2 -> (byte) ('a' + random.nextInt(6));
              default -> at < distance ? 1 : bytes[at - distance];
            };
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void decodesWhatItEncodes(Codec codec) throws IOException {
    for (int size : new int[] {0, 1, 2, 3, 4, 5, 300, 65_535, 65_536, 262_144, 1_000_000}) {
      byte[] bytes = mixed(size, size + 1);
      byte[] packed = codec.encode(bytes);
      assertThat(codec.decode(packed, "t", size)).isEqualTo(bytes);
      if (codec != Codec.LZMA && size > 0 && codec != Codec.NONE) {
        assertThat(Codec.detect(packed)).isEqualTo(codec);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Codec.class)
  void decodesFromStreamsThatGiveOneByteAtATime(Codec codec) throws IOException {
    byte[] bytes = mixed(20_000, 5);
    InputStream drop =
        new ByteArrayInputStream(codec.encode(bytes)) {
          @Override
          public int read(byte[] target, int offset, int length) {
            return super.read(target, offset, Math.min(length, 1));
          }

          @Override
          public int available() {
            return 0;
          }
        };
    try (InputStream in = codec.decode(drop, "t")) {
      assertThat(in.read()).isEqualTo(bytes[0] & 0xff);
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, 1, bytes.length));
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  /** Names of compressed things are digests: these change only on purpose. */
  @ParameterizedTest
  @CsvSource({
    "GZIP, e6683ba1637418a412ec9a2131e77fece0123fc90c596c653d98368f1028aed8",
    "XZ, d27d606e253011131114230376858ebf29871aa0819a12fa11758e4dbdea5c96",
    "LZMA, dc51d62eea0fd56c7220002e3a394665a138bb7bc9940e6c7ce86900fc80b7d1",
    "ZSTD, 04ea7d247cb74a81390a420b20eefb38d97cbd2f38a3675d08f9e25339a05c40",
  })
  void bytesAreTheSameEverywhere(Codec codec, String digest) throws IOException {
    byte[] bytes = mixed(700_000, 11);
    byte[] packed = codec.encode(bytes);
    assertThat(Digest.of(packed)).hasToString(digest);
    var out = new ByteArrayOutputStream();
    try (OutputStream encoder = codec.encode(out)) {
      for (int at = 0; at < bytes.length; at += 997) {
        encoder.write(bytes, at, Math.min(997, bytes.length - at));
      }
    }
    if (codec != Codec.ZSTD) { // whose blocks end where writes do
      assertThat(out.toByteArray()).isEqualTo(packed);
    }
  }

  @Test
  void verifiedInputIsDecodedWithoutItsChecksum() throws IOException {
    byte[] packed = Codec.XZ.encode(new byte[] {1, 2, 3});
    // The footer has 12 bytes, the index of one block 8, and before them lie the 8 of the checksum.
    byte[] damaged = packed.clone();
    damaged[damaged.length - 12 - 8 - 8] ^= 1;
    assertThatThrownBy(() -> Codec.XZ.decode(damaged, "x.xz", 100))
        .isInstanceOf(FormatException.class);
    try (InputStream in = Codec.XZ.decodeVerified(new ByteArrayInputStream(damaged), "x.xz", 100)) {
      assertThat(in.readAllBytes()).containsExactly(1, 2, 3);
    }
  }

  @Test
  void jdkReadsOurGzip() throws IOException {
    for (int seed = 1; seed < 24; seed++) {
      byte[] bytes = mixed(seed * seed * 700, seed);
      byte[] packed = Codec.GZIP.encode(bytes);
      assertThat(new GZIPInputStream(new ByteArrayInputStream(packed)).readAllBytes())
          .isEqualTo(bytes);
    }
  }

  private byte[] packedBy(List<String> command, byte[] bytes) throws Exception {
    Path file = Files.write(directory.resolve("in"), bytes);
    Path packed = directory.resolve("in.packed");
    String words = String.join(" ", command) + " < " + file + " > " + packed;
    Tool.output("sh", "-c", words);
    return Files.readAllBytes(packed);
  }

  @ParameterizedTest
  @CsvSource({
    "GZIP, gzip -c -9",
    "GZIP, gzip -c -1",
    "XZ, xz -c -6",
    "XZ, xz -c -9e --check=sha256",
    "XZ, xz -c -0 --check=crc32 --block-size=50000",
    "XZ, xz -c --check=none --x86 --lzma2",
    "LZMA, xz -c --format=lzma",
    "ZSTD, zstd -c -1",
    "ZSTD, zstd -c -19",
    "ZSTD, zstd -c --no-check -3 --no-content-size"
  })
  @RequiresTool(value = "xz", in = "xz-utils")
  @RequiresTool(value = "zstd", in = "zstd")
  void readsWhatTheRealToolsWrite(Codec codec, String command) throws Exception {
    for (int size : new int[] {0, 1, 100_000, 500_000}) {
      byte[] bytes = mixed(size, 9);
      byte[] packed = packedBy(List.of(command.split(" ")), bytes);
      assertThat(codec.decode(packed, "t", size)).isEqualTo(bytes);
      byte[] twice = Arrays.copyOf(packed, 2 * packed.length);
      System.arraycopy(packed, 0, twice, packed.length, packed.length);
      if (codec != Codec.LZMA) {
        byte[] both = Arrays.copyOf(bytes, 2 * size);
        System.arraycopy(bytes, 0, both, size, size);
        assertThat(codec.decode(twice, "t", 2 * size)).as("two in a row").isEqualTo(both);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"GZIP, gzip", "XZ, xz", "LZMA, xz --format=lzma", "ZSTD, zstd"})
  @RequiresTool(value = "xz", in = "xz-utils")
  @RequiresTool(value = "zstd", in = "zstd")
  void realToolsAcceptWhatWeWrite(Codec codec, String command) throws Exception {
    for (int size : new int[] {0, 1, 100_000, 500_000}) {
      byte[] bytes = mixed(size, 13);
      byte[] packed = codec.encode(bytes);
      assertThat(packedBy(List.of((command + " -dc").split(" ")), packed)).isEqualTo(bytes);
    }
  }

  @Test
  @RequiresTool(value = "zstd", in = "zstd")
  void streamsWhatIsLargeAndSaysWhenAWindowIsTooLarge() throws Exception {
    byte[] bytes = mixed(9_000_000, 21);
    for (String options : List.of("-1", "-3 --no-content-size")) {
      byte[] packed = packedBy(List.of(("zstd -c " + options).split(" ")), bytes);
      assertThat(Codec.ZSTD.decode(packed, "t", bytes.length)).isEqualTo(bytes);
      byte[] cut = Arrays.copyOf(packed, packed.length - 1);
      assertThatThrownBy(() -> Codec.ZSTD.decode(cut, "t", bytes.length))
          .isInstanceOf(FormatException.class);
    }
    byte[] packed = packedBy(List.of("zstd", "-c", "--long=27", "-1"), bytes);
    assertThatThrownBy(() -> Codec.ZSTD.decode(packed, "t", bytes.length))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("it needs a window of 134217728 bytes; up to 8388608 are supported");
  }

  @Test
  void skipsSkippableFrames() throws IOException {
    byte[] skippable = {0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3};
    var all = new ByteArrayOutputStream();
    all.writeBytes(skippable);
    all.writeBytes(Codec.ZSTD.encode(TEXT));
    all.writeBytes(skippable);
    assertThat(Codec.ZSTD.decode(all.toByteArray(), "t", 1000)).isEqualTo(TEXT);
  }

  /** Cut anywhere, one bit turned anywhere: an error that says where, or the very same bytes. */
  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void brokenInputIsAFormatException(Codec codec) {
    for (byte[] bytes : List.of(TEXT, mixed(3000, 2))) {
      int step = bytes == TEXT ? 1 : 97; // every bit of a small one, some of a larger
      byte[] packed = codec.encode(bytes);
      for (int cut = 0; cut < packed.length; cut += step) {
        byte[] broken = Arrays.copyOf(packed, cut);
        assertThatThrownBy(() -> codec.decode(broken, "a.packed", 1 << 20))
            .as("cut at %d of %d", cut, packed.length)
            .isInstanceOf(FormatException.class)
            .hasMessageStartingWith("a.packed: ");
      }
      for (int bit = 0; bit < 8 * packed.length; bit += step) {
        byte[] broken = packed.clone();
        broken[bit / 8] ^= (byte) (1 << bit % 8);
        try {
          byte[] found = codec.decode(broken, "a.packed", 1 << 20);
          if (codec != Codec.LZMA) { // which has no check
            assertThat(found).as("bit %d", bit).isEqualTo(bytes);
          }
        } catch (IOException e) {
          assertThat(e).isInstanceOf(FormatException.class).hasMessageStartingWith("a.packed: ");
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void rubbishAfterTheEndIsRefused(Codec codec) {
    byte[] packed = codec.encode(TEXT);
    byte[] more = Arrays.copyOf(packed, packed.length + 7);
    Arrays.fill(more, packed.length, more.length, (byte) 'x');
    assertThatThrownBy(() -> codec.decode(more, "t", 1000)).isInstanceOf(FormatException.class);
  }

  @ParameterizedTest
  @EnumSource(mode = Mode.EXCLUDE, names = "NONE")
  void outputIsLimited(Codec codec) throws IOException {
    byte[] packed = codec.encode(new byte[3_000_000]);
    assertThat(packed.length).isLessThan(10_000);
    assertThat(codec.decode(packed, "fits", 3_000_000)).hasSize(3_000_000);
    assertThatThrownBy(() -> codec.decode(packed, "bomb", 2_999_999))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("bomb: unpacks to more than 2999999 bytes");
  }

  /** A dictionary of 1.5 GiB is a bomb of another kind. */
  @Test
  @RequiresTool(value = "xz", in = "xz-utils")
  void memoryIsLimited() {
    byte[] packed = Codec.LZMA.encode(TEXT);
    packed[4] = 0x60; // the top byte of the dictionary's size
    assertThatThrownBy(() -> Codec.LZMA.decode(packed, "t.lzma", 1000))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "cannot be read here (1581078 KiB of memory would be needed; limit was 98304 KiB)");
  }

  @Test
  void errorsOfTheDiskPassAsTheyAre() {
    var failure = new IOException("the disk is gone");
    InputStream failing =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw failure;
          }
        };
    for (Codec codec : Codec.values()) {
      assertThatThrownBy(
              () -> {
                try (InputStream in = codec.decode(failing, "t")) {
                  in.readAllBytes();
                }
              })
          .isSameAs(failure);
    }
  }

  @Test
  void namesAndMagicNumbersTellTheCodec() {
    assertThat(Codec.ofFileName("data.tar.zst")).isEqualTo(Codec.ZSTD);
    assertThat(Codec.ofFileName("Packages.XZ")).isEqualTo(Codec.XZ);
    assertThat(Codec.ofFileName("Packages")).isEqualTo(Codec.NONE);
    assertThat(Codec.detect(new byte[0])).isEqualTo(Codec.NONE);
    assertThat(Codec.detect(new byte[] {0x1f})).isEqualTo(Codec.NONE);
    assertThat(Codec.detect(new byte[] {0x53, 0x2a, 0x4d, 0x18})).isEqualTo(Codec.ZSTD);
  }

  @Test
  void rawLzmaRoundTrip() throws IOException {
    byte[] bytes = mixed(100_000, 3);
    byte[] raw = RawLzma.encode(bytes, RawLzma.GRUB_DICTIONARY_BYTES);
    assertThat(RawLzma.decode(raw, bytes.length, RawLzma.GRUB_DICTIONARY_BYTES, "core"))
        .isEqualTo(bytes);
    assertThat(raw.length).isLessThan(bytes.length);
    assertThatThrownBy(
            () ->
                RawLzma.decode(
                    Arrays.copyOf(raw, 100), bytes.length, RawLzma.GRUB_DICTIONARY_BYTES, "core"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("core: ");
  }
}
