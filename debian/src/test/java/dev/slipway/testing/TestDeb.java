// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.codec.Codec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Makes real binary packages: what {@code dpkg-deb --build} would make of the same parts. Nothing
 * in it depends on the machine or the time.
 *
 * <pre>{@code
 * TestDeb hello = TestDeb.of("hello", "1.0").field("Depends", "libc6")
 *     .file("/usr/bin/hello", 0755, "#!/bin/sh\necho hello\n").script("postinst", "#!/bin/sh\n");
 * }</pre>
 */
public final class TestDeb {
  private static final long TIME_MILLIS = 1_700_000_000_000L;

  private record Entry(TarArchiveEntry header, byte[] content) {}

  private final Map<String, String> fields = new LinkedHashMap<>();
  private final Map<String, byte[]> scripts = new LinkedHashMap<>();
  private final List<Entry> entries = new ArrayList<>();
  private final List<String> conffiles = new ArrayList<>();
  private final TreeSet<String> directories = new TreeSet<>();
  private final StringBuilder md5sums = new StringBuilder();
  private Codec codec = Codec.XZ;
  private byte[] built;

  private TestDeb(String name, String version) {
    fields.put("Package", name);
    fields.put("Version", version);
    fields.put("Architecture", "amd64");
    fields.put("Maintainer", "Nobody <nobody@example.test>");
    fields.put("Priority", "optional");
    fields.put("Section", "misc");
    fields.put("Description", "a package for tests");
  }

  /** A package for amd64 without contents. */
  public static TestDeb of(String name, String version) {
    return new TestDeb(name, version);
  }

  /** Sets a field of its control stanza. */
  public TestDeb field(String name, String value) {
    fields.put(name, value);
    return this;
  }

  /** Sets its architecture; {@code all} is one. */
  public TestDeb architecture(String architecture) {
    return field("Architecture", architecture);
  }

  /** Compresses its members in another way than xz. */
  public TestDeb compressed(Codec by) {
    codec = by;
    return this;
  }

  /**
   * A maintainer script, such as {@code postinst}, or another control file, such as {@code
   * triggers}.
   */
  public TestDeb script(String name, String text) {
    scripts.put(name, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  /** A file with text. */
  public TestDeb file(String path, int mode, String text) {
    return file(path, mode, text.getBytes(StandardCharsets.UTF_8));
  }

  /** A file; missing directories above it are added. */
  public TestDeb file(String path, int mode, byte[] content) {
    TarArchiveEntry header = header(path, TarConstants.LF_NORMAL, mode);
    header.setSize(content.length);
    entries.add(new Entry(header, content.clone()));
    md5sums.append(md5(content)).append("  ").append(path.substring(1)).append('\n');
    return this;
  }

  /** A file that dpkg keeps when the administrator changed it. */
  public TestDeb conffile(String path, int mode, String text) {
    conffiles.add(path);
    return file(path, mode, text);
  }

  public TestDeb directory(String path, int mode) {
    entries.add(new Entry(directoryHeader(path, mode), new byte[0]));
    return this;
  }

  public TestDeb symlink(String path, String target) {
    TarArchiveEntry header = header(path, TarConstants.LF_SYMLINK, 0777);
    header.setLinkName(target);
    entries.add(new Entry(header, new byte[0]));
    return this;
  }

  /** A second name for a file added before. */
  public TestDeb hardLink(String path, String existing) {
    TarArchiveEntry header = header(path, TarConstants.LF_LINK, 0644);
    header.setLinkName("." + existing);
    entries.add(new Entry(header, new byte[0]));
    return this;
  }

  /** Gives the entry added last to somebody who has a number and no name. */
  public TestDeb owner(int uid, int gid) {
    TarArchiveEntry last = entries.get(entries.size() - 1).header();
    last.setUserName("");
    last.setGroupName("");
    last.setUserId(uid);
    last.setGroupId(gid);
    return this;
  }

  /** An entry under exactly this name: for what no honest builder writes. */
  public TestDeb rawFile(String name, byte[] content) {
    var header = new TarArchiveEntry(name, TarConstants.LF_NORMAL, true);
    dress(header, 0644);
    header.setSize(content.length);
    entries.add(new Entry(header, content.clone()));
    return this;
  }

  private TarArchiveEntry header(String path, byte type, int mode) {
    requireAbsolute(path);
    for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      String parent = path.substring(0, slash);
      if (!directories.contains(parent)) {
        entries.add(new Entry(directoryHeader(parent, 0755), new byte[0]));
      }
    }
    var header = new TarArchiveEntry("." + path, type);
    dress(header, mode);
    return header;
  }

  private TarArchiveEntry directoryHeader(String path, int mode) {
    requireAbsolute(path);
    directories.add(path);
    var header = new TarArchiveEntry("." + path + "/", TarConstants.LF_DIR);
    dress(header, mode);
    return header;
  }

  private static void requireAbsolute(String path) {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw new IllegalArgumentException("write an absolute path: " + path);
    }
  }

  private static void dress(TarArchiveEntry header, int mode) {
    header.setMode(mode);
    header.setModTime(TIME_MILLIS);
    header.setUserId(0);
    header.setGroupId(0);
    header.setUserName("root");
    header.setGroupName("root");
  }

  public String name() {
    return fields.get("Package");
  }

  public String version() {
    return fields.get("Version");
  }

  public String architecture() {
    return fields.get("Architecture");
  }

  /** Its control stanza's fields in order. */
  public Map<String, String> fields() {
    var all = new LinkedHashMap<>(fields);
    long kib =
        entries.stream().mapToLong(entry -> (entry.content().length + 1023) / 1024 + 1).sum();
    all.putIfAbsent("Installed-Size", Long.toString(kib));
    return all;
  }

  /** {@code hello_1.0_amd64.deb}: an epoch's colon is written %3a, as archives do. */
  public String fileName() {
    return name() + "_" + version().replace(":", "%3a") + "_" + architecture() + ".deb";
  }

  /** The package. Later changes to this builder do not show. */
  public byte[] bytes() {
    if (built == null) {
      built = build();
    }
    return built.clone();
  }

  private byte[] build() {
    var out = new ByteArrayOutputStream();
    out.writeBytes("!<arch>\n".getBytes(StandardCharsets.US_ASCII));
    member(out, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
    member(out, "control.tar" + codec.suffix(), codec.encode(control()));
    member(out, "data.tar" + codec.suffix(), codec.encode(tar(entries)));
    return out.toByteArray();
  }

  private byte[] control() {
    var stanza = new StringBuilder();
    fields().forEach((name, value) -> stanza.append(name).append(": ").append(value).append('\n'));
    var files = new ArrayList<Entry>();
    files.add(controlFile("control", 0644, stanza.toString().getBytes(StandardCharsets.UTF_8)));
    if (!conffiles.isEmpty()) {
      String list = String.join("\n", conffiles) + "\n";
      files.add(controlFile("conffiles", 0644, list.getBytes(StandardCharsets.UTF_8)));
    }
    files.add(controlFile("md5sums", 0644, md5sums.toString().getBytes(StandardCharsets.UTF_8)));
    scripts.forEach((name, text) -> files.add(controlFile(name, 0755, text)));
    return tar(files);
  }

  private static Entry controlFile(String name, int mode, byte[] content) {
    var header = new TarArchiveEntry("./" + name, TarConstants.LF_NORMAL);
    dress(header, mode);
    header.setSize(content.length);
    return new Entry(header, content);
  }

  private static byte[] tar(List<Entry> entries) {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_GNU);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_STAR);
      var root = new TarArchiveEntry("./", TarConstants.LF_DIR);
      dress(root, 0755);
      tar.putArchiveEntry(root);
      tar.closeArchiveEntry();
      for (Entry entry : entries) {
        tar.putArchiveEntry(entry.header());
        tar.write(entry.content());
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return bytes.toByteArray();
  }

  private static void member(ByteArrayOutputStream out, String name, byte[] content) {
    String header =
        String.format(
            Locale.ROOT,
            "%-16s%-12d%-6d%-6d%-8s%-10d`\n",
            name,
            TIME_MILLIS / 1000,
            0,
            0,
            "100644",
            content.length);
    out.writeBytes(header.getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(content);
    if (content.length % 2 == 1) {
      out.write('\n');
    }
  }

  private static String md5(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
