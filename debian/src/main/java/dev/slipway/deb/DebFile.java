// SPDX-License-Identifier: Apache-2.0
package dev.slipway.deb;

import dev.slipway.codec.Codec;
import dev.slipway.deb.ArArchive.Member;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A {@code .deb} package: its control files read, its data waiting to be streamed.
 *
 * <p>Members compressed with gzip, xz, zstd or lzma are read, as is an uncompressed one. The source
 * must stay open as long as {@link #data} is used.
 *
 * <pre>{@code
 * DebFile deb = DebFile.read(source, "robot_1.0_amd64.deb");
 * String name = deb.control().require("Package", deb.name());
 * try (InputStream tar = deb.data()) { ... }
 * }</pre>
 *
 * @see <a href="https://manpages.debian.org/bookworm/dpkg-dev/deb.5.en.html">deb(5)</a>
 */
public final class DebFile {
  /** Control files are small; the largest in Debian (md5sums of documentation) stay under 3 MiB. */
  private static final long CONTROL_BYTES_MAX = 32L << 20;

  private static final int CONTROL_ENTRIES_MAX = 10_000;

  /** Text packs 10:1, and little that is not made for it more than 100:1. */
  private static final int PLAUSIBLE_RATIO = 512;

  private static final long PLAUSIBLE_EXTRA_BYTES = 64L << 20;

  private static final int BUFFER_BYTES = 1 << 16;

  private final String name;
  private final BlockSource source;
  private final Member data;
  private final String controlText;
  private final Stanza control;
  private final SortedMap<String, ControlFile> controlFiles;

  private DebFile(
      String name,
      BlockSource source,
      Member data,
      String controlText,
      Stanza control,
      SortedMap<String, ControlFile> controlFiles) {
    this.name = name;
    this.source = source;
    this.data = data;
    this.controlText = controlText;
    this.control = control;
    this.controlFiles = Collections.unmodifiableSortedMap(controlFiles);
  }

  /**
   * Reads the members' headers and the control archive.
   *
   * @param name named in errors, usually the file's name
   * @throws FormatException when it is no package, cut off or damaged
   */
  public static DebFile read(BlockSource source, String name) throws IOException {
    List<Member> members = new ArrayList<>(ArArchive.members(source, name));
    requireFormat(source, name, members.isEmpty() ? null : members.get(0));
    Member control = member(members, "control.tar", name);
    Member data = member(members, "data.tar", name);
    if (data.offset() < control.offset()) {
      throw new FormatException(name + ": " + data.name() + " comes before " + control.name());
    }
    SortedMap<String, ControlFile> files = controlFiles(source, name, control);
    ControlFile stanza = files.remove("control");
    if (stanza == null) {
      throw new FormatException(name + ": " + control.name() + ": the file control is missing");
    }
    List<Stanza> stanzas = Stanza.readAll(stanza.text(), name + ": control");
    if (stanzas.size() != 1) {
      throw new FormatException(
          name + ": control: found " + stanzas.size() + " stanzas, expected 1");
    }
    return new DebFile(name, source, data, stanza.text(), stanzas.get(0), files);
  }

  /** The first member holds the format's version; minor versions are compatible. */
  private static void requireFormat(BlockSource source, String name, Member first)
      throws IOException {
    if (first == null || !first.name().equals("debian-binary")) {
      throw new FormatException(
          name
              + ": the first member is "
              + (first == null ? "missing" : "\"" + first.name() + "\"")
              + ", expected \"debian-binary\"");
    }
    String version =
        new String(
            source.readFully(first.offset(), (int) Math.min(first.size(), 16)),
            StandardCharsets.ISO_8859_1);
    if (!version.startsWith("2.")) {
      throw new FormatException(
          name + ": debian-binary: found format \"" + version.strip() + "\", expected 2.0");
    }
  }

  private static Member member(List<Member> members, String prefix, String name)
      throws FormatException {
    Member found = null;
    for (Member member : members) {
      if (member.name().equals(prefix) || member.name().startsWith(prefix + ".")) {
        if (found != null) {
          throw new FormatException(
              name + ": two members: " + found.name() + " and " + member.name());
        }
        found = member;
      }
    }
    if (found == null) {
      throw new FormatException(name + ": the member " + prefix + " is missing");
    }
    return found;
  }

  private static SortedMap<String, ControlFile> controlFiles(
      BlockSource source, String name, Member member) throws IOException {
    String where = name + ": " + member.name();
    var files = new TreeMap<String, ControlFile>();
    long total = 0;
    int entries = 0;
    try (var tar =
        new TarArchiveInputStream(
            open(source, name, member, 2 * CONTROL_BYTES_MAX), StandardCharsets.UTF_8.name())) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++entries > CONTROL_ENTRIES_MAX) {
          throw new FormatException(where + ": more than " + CONTROL_ENTRIES_MAX + " entries");
        }
        String path =
            entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
        if (entry.isDirectory() && path.isEmpty()) {
          continue;
        }
        if (!entry.isFile()
            || entry.isSymbolicLink()
            || entry.isLink()
            || path.isEmpty()
            || path.contains("/")) {
          throw new FormatException(
              where
                  + ": \""
                  + entry.getName()
                  + "\": a control archive holds only plain files beside each other");
        }
        if (path.equals("list") || path.contains(".")) {
          throw new FormatException(
              where
                  + ": \""
                  + path
                  + "\": expected a name without a dot that is not \"list\"; dpkg keeps records of"
                  + " its own under such names");
        }
        total += entry.getSize();
        if (total > CONTROL_BYTES_MAX) {
          throw new FormatException(
              where
                  + ": "
                  + path
                  + ": the control files have more than "
                  + CONTROL_BYTES_MAX
                  + " bytes");
        }
        byte[] content = tar.readNBytes((int) entry.getSize());
        if (content.length != entry.getSize()) {
          throw new FormatException(
              where
                  + ": "
                  + path
                  + ": cut off after "
                  + content.length
                  + " of "
                  + entry.getSize()
                  + " bytes");
        }
        if (files.put(path, new ControlFile(path, entry.getMode() & 07777, content)) != null) {
          throw new FormatException(where + ": " + path + " is there twice");
        }
      }
    } catch (FormatException e) {
      throw e;
    } catch (IOException | IllegalArgumentException e) {
      throw new FormatException(where + ": damaged: " + e.getMessage(), e);
    }
    return files;
  }

  private static InputStream open(BlockSource source, String name, Member member, long maxBytes)
      throws IOException {
    String where = name + ": " + member.name();
    return codec(member, where).decode(raw(source, member), where, maxBytes);
  }

  private static InputStream raw(BlockSource source, Member member) throws IOException {
    return new BufferedInputStream(source.stream(member.offset(), member.size()), BUFFER_BYTES);
  }

  private static Codec codec(Member member, String where) throws FormatException {
    String suffix = member.name().substring(member.name().indexOf(".tar") + 4);
    for (Codec codec : Codec.values()) {
      if (codec.suffix().equals(suffix)) {
        return codec;
      }
    }
    throw new FormatException(where + ": compressed in a way we do not read: \"" + suffix + "\"");
  }

  /** The same package, whose files are read through another opening of its bytes. */
  public DebFile through(BlockSource other) {
    return new DebFile(name, other, data, controlText, control, controlFiles);
  }

  /** What errors call it. */
  public String name() {
    return name;
  }

  /** The control stanza. */
  public Stanza control() {
    return control;
  }

  /**
   * The control stanza as it is written, spaces at the ends of lines included: dpkg's records keep
   * them.
   */
  public String controlText() {
    return controlText;
  }

  /** The other control files, by name. */
  public SortedMap<String, ControlFile> controlFiles() {
    return controlFiles;
  }

  /** One of the control files. */
  public Optional<ControlFile> controlFile(String name) {
    return Optional.ofNullable(controlFiles.get(name));
  }

  /** The name of the member that holds the files: {@code data.tar.xz}. */
  public String dataMember() {
    return data.name();
  }

  /**
   * The bytes of the member that holds the files, compressed as they are. Closing the view leaves
   * the package open.
   */
  public BlockSource compressedData() {
    return source.slice(data.offset(), data.size());
  }

  /**
   * Opens the archive of the files, decoded: a tar stream. A damaged one gives a {@link
   * FormatException} while it is read, and so does one that grows far beyond what the package says
   * of itself.
   */
  public InputStream data() throws IOException {
    return open(source, name, data, plausibleBytes());
  }

  /** As {@link #data}, for a package whose own digest has been checked: sooner done. */
  public InputStream verifiedData() throws IOException {
    String where = name + ": " + data.name();
    return codec(data, where).decodeVerified(raw(source, data), where, plausibleBytes());
  }

  private long plausibleBytes() {
    long said = control.get("Installed-Size").map(DebFile::kib).orElse(0L);
    long packed = data.size() * PLAUSIBLE_RATIO;
    return Math.max(2 * said, packed) + PLAUSIBLE_EXTRA_BYTES;
  }

  private static long kib(String text) {
    return text.matches("[0-9]{1,12}") ? Long.parseLong(text) << 10 : 0;
  }
}
