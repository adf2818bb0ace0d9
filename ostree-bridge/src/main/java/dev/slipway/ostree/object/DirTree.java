// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree.object;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantType;
import dev.slipway.tree.TreePath;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * What a directory holds: {@code (a(say)a(sayay))}, files and directories, both in the order of
 * their names' bytes.
 */
public record DirTree(List<FileEntry> files, List<DirectoryEntry> directories) {
  private static final VariantType TYPE = VariantType.of("(a(say)a(sayay))");

  /** The order of names, as {@code strcmp} has it. */
  public static final Comparator<String> NAME_ORDER =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  /** A file or symbolic link. */
  public record FileEntry(String name, Digest checksum) {}

  /**
   * A directory.
   *
   * @param tree what it holds
   * @param meta what it says about itself
   */
  public record DirectoryEntry(String name, Digest tree, Digest meta) {}

  /** Puts the entries in order. */
  public DirTree {
    files = files.stream().sorted(Comparator.comparing(FileEntry::name, NAME_ORDER)).toList();
    directories =
        directories.stream()
            .sorted(Comparator.comparing(DirectoryEntry::name, NAME_ORDER))
            .toList();
  }

  /**
   * Reads an object.
   *
   * @throws FormatException if it is none, or holds a name that no directory holds, the same name
   *     twice, or names out of order
   */
  public static DirTree read(byte[] bytes, String source) throws FormatException {
    Variant variant = Variant.read(TYPE, bytes, source);
    List<Variant> fileEntries = variant.child(0).children();
    List<Variant> directoryEntries = variant.child(1).children();
    requireOrder(fileEntries, source);
    requireOrder(directoryEntries, source);
    var names = new TreeSet<String>();
    var files = new java.util.ArrayList<FileEntry>(fileEntries.size());
    for (Variant entry : fileEntries) {
      files.add(new FileEntry(name(entry, names, source), Checksums.read(entry.child(1), source)));
    }
    var directories = new java.util.ArrayList<DirectoryEntry>(directoryEntries.size());
    for (Variant entry : directoryEntries) {
      directories.add(
          new DirectoryEntry(
              name(entry, names, source),
              Checksums.read(entry.child(1), source),
              Checksums.read(entry.child(2), source)));
    }
    return new DirTree(files, directories);
  }

  private static void requireOrder(List<Variant> entries, String source) throws FormatException {
    byte[] before = null;
    for (Variant entry : entries) {
      byte[] name = entry.child(0).toBytes();
      if (before != null && Arrays.compareUnsigned(before, name) >= 0) {
        throw new FormatException(
            source + ": \"" + entry.child(0).asText() + "\" is not in the order of names");
      }
      before = name;
    }
  }

  private static String name(Variant entry, TreeSet<String> names, String source)
      throws FormatException {
    String name = entry.child(0).asText();
    try {
      TreePath.ROOT.child(name);
    } catch (IllegalArgumentException e) {
      throw new FormatException(source + ": a name no directory can hold: " + e.getMessage(), e);
    }
    if (!names.add(name)) {
      throw new FormatException(source + ": \"" + name + "\" stands for a file and a directory");
    }
    return name;
  }

  /** The object. */
  public byte[] toBytes() {
    return Variant.tuple(
            Variant.array(
                "(say)",
                files.stream()
                    .map(e -> Variant.tuple(Variant.text(e.name()), Checksums.of(e.checksum())))
                    .toList()),
            Variant.array(
                "(sayay)",
                directories.stream()
                    .map(
                        e ->
                            Variant.tuple(
                                Variant.text(e.name()),
                                Checksums.of(e.tree()),
                                Checksums.of(e.meta())))
                    .toList()))
        .toBytes();
  }

  /** The object's name. */
  public Digest checksum() {
    return Digest.of(toBytes());
  }
}
