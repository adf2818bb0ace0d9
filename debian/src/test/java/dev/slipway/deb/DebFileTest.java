// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DebFileTest {
  private static final String CONTROL = "Package: robot\nVersion: 1.0\nArchitecture: all\n";

  @TempDir Path work;

  @Test
  void readsThePackageByHand() throws IOException {
    byte[] deb =
        ar(
            member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
            member("control.tar", controlTar()),
            member("data.tar.gz", gzip("files".getBytes(StandardCharsets.US_ASCII))));
    DebFile file = read(deb);
    assertThat(file.control().get("Package")).contains("robot");
    assertThat(file.controlFiles().keySet()).containsExactly("conffiles", "postinst");
    assertThat(file.controlFile("postinst").orElseThrow().mode()).isEqualTo(0755);
    assertThat(file.controlFile("postinst").orElseThrow().text()).isEqualTo("#!/bin/sh\n");
    assertThat(file.controlFile("prerm")).isEmpty();
    assertThat(file.dataMember()).isEqualTo("data.tar.gz");
    try (InputStream data = file.data()) {
      assertThat(data.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("files");
    }
    assertThat(file.compressedData().size())
        .isEqualTo(gzip("files".getBytes(StandardCharsets.US_ASCII)).length);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "xz", "zstd", "none"})
  @RequiresTool(value = "dpkg-deb", in = "dpkg")
  void readsWhatDpkgDebWrites(String compression) throws IOException, InterruptedException {
    Path root = Files.createDirectories(work.resolve("root/DEBIAN")).getParent();
    Files.writeString(
        root.resolve("DEBIAN/control"),
        CONTROL + "Maintainer: nobody <n@example.org>\nDescription: a robot\n long words\n");
    byte[] content = new byte[300_000];
    new Random(1).nextBytes(content);
    Arrays.fill(content, 0, 200_000, (byte) 'a');
    Files.write(root.resolve("file"), content);
    Path deb = work.resolve("robot.deb");
    Tool.output(
        "dpkg-deb",
        "--root-owner-group",
        "-Z" + compression,
        "--build",
        root.toString(),
        deb.toString());

    try (BlockSource source = BlockSource.file(deb)) {
      DebFile file = DebFile.read(source, "robot.deb");
      assertThat(file.control().get("Description")).contains("a robot\n long words");
      Tool.output("sh", "-c", "dpkg-deb --fsys-tarfile " + deb + " > " + work.resolve("fsys.tar"));
      try (InputStream data = file.data()) {
        assertThat(data.readAllBytes()).isEqualTo(Files.readAllBytes(work.resolve("fsys.tar")));
      }
    }
  }

  @Test
  void refusesWhatIsNoPackage() {
    assertThatThrownBy(() -> read("hello, world".getBytes(StandardCharsets.US_ASCII)))
        .isInstanceOf(FormatException.class)
        .hasMessage("x.deb: byte 0: not a Debian package: it does not begin with \"!<arch>\"");
    assertThatThrownBy(() -> read(ar()))
        .hasMessage("x.deb: the first member is missing, expected \"debian-binary\"");
    byte[] format = member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
    assertThatThrownBy(() -> read(ar(format)))
        .hasMessage("x.deb: the member control.tar is missing");
    assertThatThrownBy(
            () -> read(ar(member("debian-binary", "3.0\n".getBytes(StandardCharsets.US_ASCII)))))
        .hasMessage("x.deb: debian-binary: found format \"3.0\", expected 2.0");
    assertThatThrownBy(
            () ->
                read(
                    ar(
                        format,
                        member("control.tar.rar", new byte[4]),
                        member("data.tar", new byte[0]))))
        .hasMessage("x.deb: control.tar.rar: compressed in a way we do not read: \".rar\"");
    assertThatThrownBy(
            () ->
                read(
                    ar(
                        format,
                        member("control.tar", new byte[1024]),
                        member("data.tar", new byte[0]))))
        .hasMessage("x.deb: control.tar: the file control is missing");
  }

  @Test
  void refusesControlFilesThatAreNoPlainFiles() throws IOException {
    for (String path : new String[] {"../postinst", "a/b", "/etc/passwd"}) {
      byte[] deb =
          ar(
              member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
              member("control.tar", tar(path, "x")),
              member("data.tar", new byte[0]));
      assertThatThrownBy(() -> read(deb))
          .isInstanceOf(FormatException.class)
          .hasMessageEndingWith("a control archive holds only plain files beside each other");
    }
  }

  @Test
  void cutAnywhereThereIsOneClearError() throws IOException {
    byte[] deb =
        ar(
            member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
            member("control.tar.gz", gzip(controlTar())),
            member("data.tar.gz", gzip("files".getBytes(StandardCharsets.US_ASCII))));
    for (int length = 0; length < deb.length - 1; length++) {
      byte[] cut = Arrays.copyOf(deb, length);
      assertThatThrownBy(() -> readFully(cut))
          .as("cut to %d bytes", length)
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("x.deb");
    }
  }

  @Test
  void flippedBitsGiveAPackageOrOneClearError() throws IOException {
    byte[] deb =
        ar(
            member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
            member("control.tar.gz", gzip(controlTar())),
            member("data.tar.gz", gzip("files".getBytes(StandardCharsets.US_ASCII))));
    for (int bit = 0; bit < deb.length * 8; bit++) {
      byte[] flipped = deb.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      try {
        readFully(flipped);
      } catch (FormatException e) {
        assertThat(e.getMessage()).as("bit %d", bit).startsWith("x.deb");
      }
    }
  }

  @Test
  void controlFilesThatWouldBeDpkgsOwnRecordsAreRefused() throws IOException {
    for (String name : List.of("list", "x.list", "amd64.md5sums")) {
      byte[] deb =
          ar(
              member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
              member("control.tar.gz", gzip(tar("./control", CONTROL, "./" + name, "/etc\n"))),
              member("data.tar.gz", gzip(tar())));
      assertThatThrownBy(() -> read(deb))
          .isInstanceOf(FormatException.class)
          .hasMessageStartingWith("x.deb: control.tar.gz: \"" + name + "\": expected a name");
    }
  }

  @Test
  void controlArchivesThatUnpackToFarMoreAreGivenUp() throws IOException {
    var repeated = new ByteArrayOutputStream();
    repeated.writeBytes(gzip(header("././@LongLink", 'L', 1L << 30)));
    byte[] part = gzip("x".repeat(8 << 20).getBytes(StandardCharsets.US_ASCII));
    for (int i = 0; i < 128; i++) {
      repeated.writeBytes(part);
    }
    byte[] bomb = repeated.toByteArray(); // a name of a gibibyte
    var counted = new AtomicLong();
    BlockSource source = counting(BlockSource.bytes(deb("control.tar.gz", bomb)), counted);
    assertThatThrownBy(() -> DebFile.read(source, "x.deb"))
        .isInstanceOf(FormatException.class)
        .hasMessageStartingWith("x.deb: control.tar.gz: ")
        .hasMessageContaining("unpacks to more than 67108864 bytes (");
    assertThat(counted.get()).isLessThan(bomb.length / 8);
  }

  @Test
  void controlFilesLargerThanAllRealOnesAreGivenUpUnread() throws IOException {
    String message = ": the control files have more than 33554432 bytes";
    for (long size : new long[] {(32L << 20) + 1, 1L << 31, (1L << 33) - 1}) {
      byte[] claim = header("./postinst", '0', size);
      assertThatThrownBy(() -> read(deb("control.tar", claim)))
          .isInstanceOf(FormatException.class)
          .hasMessage("x.deb: control.tar: postinst" + message);
    }
    var two = new ByteArrayOutputStream();
    two.writeBytes(header("./preinst", '0', 20 << 20));
    two.writeBytes(new byte[20 << 20]);
    two.writeBytes(header("./postinst", '0', 20 << 20));
    assertThatThrownBy(() -> read(deb("control.tar.gz", gzip(two.toByteArray()))))
        .hasMessage("x.deb: control.tar.gz: postinst" + message);
  }

  @Test
  void controlFilesWithoutNumberAreGivenUp() throws IOException {
    var many = new ByteArrayOutputStream();
    for (int i = 0; i <= 10_000; i++) {
      many.writeBytes(header("./f" + i, '0', 0));
    }
    assertThatThrownBy(() -> read(deb("control.tar.gz", gzip(many.toByteArray()))))
        .isInstanceOf(FormatException.class)
        .hasMessage("x.deb: control.tar.gz: more than 10000 entries");
  }

  private static byte[] deb(String controlMember, byte[] control) {
    return ar(
        member("debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII)),
        member(controlMember, control),
        member("data.tar", new byte[0]));
  }

  private static byte[] header(String name, char kind, long size) {
    var entry = new TarArchiveEntry(name, (byte) kind);
    entry.setSize(size);
    byte[] header = new byte[512];
    entry.writeEntryHeader(header);
    return header;
  }

  private static BlockSource counting(BlockSource source, AtomicLong counted) {
    return new BlockSource() {
      @Override
      public long size() {
        return source.size();
      }

      @Override
      public int read(long offset, ByteBuffer target) throws IOException {
        int count = source.read(offset, target);
        counted.addAndGet(Math.max(0, count));
        return count;
      }

      @Override
      public void close() throws IOException {
        source.close();
      }
    };
  }

  private static DebFile read(byte[] deb) throws IOException {
    return DebFile.read(BlockSource.bytes(deb), "x.deb");
  }

  private static void readFully(byte[] deb) throws IOException {
    try (InputStream data = read(deb).data()) {
      data.readAllBytes();
    }
  }

  static byte[] ar(byte[]... members) {
    var out = new ByteArrayOutputStream();
    out.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    for (byte[] member : members) {
      out.writeBytes(member);
    }
    return out.toByteArray();
  }

  static byte[] member(String name, byte[] content) {
    var out = new ByteArrayOutputStream();
    String header =
        String.format(
            java.util.Locale.ROOT,
            "%-16s%-12s%-6s%-6s%-8s%-10s`\n",
            name,
            "0",
            "0",
            "0",
            "100644",
            content.length);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(content);
    if (content.length % 2 != 0) {
      out.write('\n');
    }
    return out.toByteArray();
  }

  static byte[] gzip(byte[] content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  private static byte[] controlTar() throws IOException {
    return tar(
        "./",
        null,
        "./control",
        CONTROL,
        "./conffiles",
        "/etc/robot\n",
        "./postinst",
        "#!/bin/sh\n");
  }

  private static byte[] tar(String... pathsAndContents) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(out)) {
      for (int i = 0; i < pathsAndContents.length; i += 2) {
        var entry = new TarArchiveEntry(pathsAndContents[i], true);
        byte[] content =
            pathsAndContents[i + 1] == null
                ? new byte[0]
                : pathsAndContents[i + 1].getBytes(StandardCharsets.UTF_8);
        entry.setSize(content.length);
        entry.setMode(
            pathsAndContents[i].endsWith("/") || pathsAndContents[i].endsWith("inst")
                ? 0755
                : 0644);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return out.toByteArray();
  }
}
