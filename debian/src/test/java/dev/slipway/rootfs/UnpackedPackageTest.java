// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.codec.Codec;
import dev.slipway.deb.DebFile;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.testing.TestDeb;
import dev.slipway.tree.ContentKeeper;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class UnpackedPackageTest {
  static UnpackedPackage unpack(TestDeb deb) throws IOException {
    return unpack(deb.bytes(), deb.fileName(), ContentKeeper.inMemory());
  }

  private static UnpackedPackage unpack(byte[] bytes, String name, ContentKeeper keeper)
      throws IOException {
    DebFile deb = DebFile.read(BlockSource.bytes(bytes), name);
    return UnpackedPackage.read(deb, DebPackage.of(deb), keeper);
  }

  @Test
  void keepsTheOrderOfTheArchive() throws IOException {
    UnpackedPackage unpacked =
        unpack(
            TestDeb.of("robot", "1")
                .file("/usr/bin/b", 0755, "b")
                .file("/usr/bin/a", 0755, "a")
                .symlink("/usr/a", "bin"));
    assertThat(unpacked.order())
        .map(Object::toString)
        .containsExactly("/", "/usr", "/usr/bin", "/usr/bin/b", "/usr/bin/a", "/usr/a");
  }

  @Test
  void refusesToLeaveTheTree() {
    assertThatThrownBy(
            () -> unpack(TestDeb.of("evil", "1").rawFile("./usr/../../etc/passwd", new byte[1])))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("evil_1_amd64.deb: data.tar.xz: entry 1 at byte 512: ")
        .hasMessageContaining("\"..\"");
  }

  @Test
  void refusesAbsoluteNames() {
    assertThatThrownBy(() -> unpack(TestDeb.of("evil", "1").rawFile("/etc/passwd", new byte[1])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("\"/etc/passwd\" is absolute");
  }

  @Test
  void refusesToGoThroughItsOwnLink() {
    assertThatThrownBy(
            () ->
                unpack(
                    TestDeb.of("evil", "1")
                        .symlink("/door", "/etc")
                        .rawFile("./door/passwd", new byte[1])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining(
            "/door/passwd: leads through /door, a symbolic link of the same archive");
  }

  @Test
  void refusesTheSameNameTwice() {
    assertThatThrownBy(
            () -> unpack(TestDeb.of("odd", "1").file("/a", 0644, "1").rawFile("./a", new byte[1])))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("/a: is there twice");
  }

  @Test
  void refusesHardLinksToNothing() {
    assertThatThrownBy(() -> unpack(TestDeb.of("odd", "1").hardLink("/a", "/b")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("hard link to /b, which is not in the archive before it");
  }

  @Test
  void refusesBombsBeforeTheyFillTheDisk() {
    byte[] bytes = TestDeb.of("bomb", "1").file("/zeros", 0644, new byte[100 << 20]).bytes();
    assertThat(bytes.length).isLessThan(100_000);
    ContentKeeper nothing =
        (in, size) -> {
          throw new AssertionError("kept " + size + " bytes");
        };
    assertThatThrownBy(() -> unpack(bytes, "bomb.deb", nothing))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("/zeros")
        .hasMessageContaining("refused as a bomb");
  }

  @Test
  void endsInOneClearErrorWhereverItIsCut() {
    byte[] whole =
        TestDeb.of("cut", "1")
            .compressed(Codec.GZIP)
            .file("/usr/share/text", 0644, "some text\n".repeat(50))
            .bytes();
    for (int length = 0; length < whole.length; length += 7) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> unpack(cut, "cut.deb", ContentKeeper.inMemory()))
          .as("cut at %d", length)
          .isInstanceOfAny(FormatException.class, EOFException.class)
          .hasMessageContaining("cut");
    }
  }

  @Test
  void passesOnWhatTheKeeperCannotDo() {
    byte[] bytes = TestDeb.of("full", "1").file("/a", 0644, "a").bytes();
    ContentKeeper full =
        (InputStream in, long size) -> {
          throw new IOException("no space left on device");
        };
    assertThatThrownBy(() -> unpack(bytes, "full.deb", full)).hasMessage("no space left on device");
  }

  @Test
  void onlyDiversionsThatMoveFilesAreLeftToDpkg() throws IOException {
    assertThat(diverts("dpkg-divert --add --rename --divert /a.real /a\n")).isTrue();
    assertThat(
            diverts("dpkg-divert --package robot --add \\\n  --rename \\\n  --divert /a.real /a\n"))
        .isTrue();
    assertThat(diverts("dpkg-divert --add --no-rename --divert /a.real /a\n")).isFalse();
    assertThat(diverts("[ \"$(dpkg-divert --truename /a)\" = /a ]\n")).isFalse();
    assertThat(diverts("# dpkg-divert --add --rename --divert /a.real /a\n")).isFalse();
  }

  private static boolean diverts(String script) throws IOException {
    return unpack(TestDeb.of("robot", "1").script("preinst", "#!/bin/sh\n" + script))
        .about()
        .divertsBeforeUnpacking();
  }
}
