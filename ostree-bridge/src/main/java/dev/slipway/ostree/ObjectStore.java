// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** The objects of a repository: {@code objects/6e/340b...1d.dirtree}. */
final class ObjectStore {
  /** What is done with each object. */
  @FunctionalInterface
  interface Visitor {
    void visit(ObjectName name, Path file) throws IOException;
  }

  private final Path objects;
  private final boolean archived;
  private final FileForm form;

  ObjectStore(Path objects, boolean archived, FileForm form) {
    this.objects = objects;
    this.archived = archived;
    this.form = form;
  }

  FileForm form() {
    return form;
  }

  Path directory() {
    return objects;
  }

  Path file(ObjectName name) {
    return objects.resolve(name.path(archived));
  }

  boolean has(ObjectName name) {
    return Files.exists(file(name), LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * A metadata object, held against its checksum.
   *
   * @throws MissingObjectException if it is not there
   * @throws FormatException if it is not what its name says
   */
  byte[] metadata(ObjectName name) throws IOException {
    byte[] bytes = unchecked(name);
    if (name.type().isMetadata() && !Digest.of(bytes).equals(name.checksum())) {
      throw corrupt(name, Digest.of(bytes));
    }
    return bytes;
  }

  /** The detached metadata of a commit, which no checksum names. */
  Optional<byte[]> detached(Digest commit) throws IOException {
    ObjectName name = ObjectName.commitMeta(commit);
    return has(name) ? Optional.of(unchecked(name)) : Optional.empty();
  }

  private byte[] unchecked(ObjectName name) throws IOException {
    try (InputStream in = Files.newInputStream(file(name))) {
      byte[] bytes = in.readNBytes(ObjectType.METADATA_BYTES_MAX + 1);
      if (bytes.length > ObjectType.METADATA_BYTES_MAX) {
        throw new FormatException(
            name + ": more than " + ObjectType.METADATA_BYTES_MAX + " bytes of metadata");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw new MissingObjectException(name, e);
    }
  }

  static FormatException corrupt(ObjectName name, Digest found) {
    return new FormatException(name + ": its content has the checksum " + found);
  }

  /** A file object; its content is held against the checksum while it is read. */
  StoredFile file(Digest checksum) throws IOException {
    ObjectName name = ObjectName.file(checksum);
    try {
      StoredFile stored = form.read(file(name));
      FileHeader header = stored.header();
      if (header.isSymlink() && !header.checksumWithoutContent().equals(checksum)) {
        throw corrupt(name, header.checksumWithoutContent());
      }
      return new StoredFile(
          header,
          stored.sizeBytes(),
          () -> new CheckedContent(stored.content().open(), header, name));
    } catch (NoSuchFileException e) {
      throw new MissingObjectException(name, e);
    }
  }

  /** Shows all objects, in no order, without the files that are none. */
  void forEach(Visitor visitor) throws IOException {
    for (int first = 0; first < 256; first++) {
      forEach(first, visitor);
    }
  }

  /** Shows all objects whose checksums start with a byte. */
  void forEach(int first, Visitor visitor) throws IOException {
    String prefix = String.format("%02x", first);
    Path directory = objects.resolve(prefix);
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
      for (Path file : files) {
        Optional<ObjectName> name = name(prefix, file.getFileName().toString());
        if (name.isPresent()) {
          visitor.visit(name.get(), file);
        }
      }
    }
  }

  private static Optional<ObjectName> name(String prefix, String rest) {
    int dot = rest.indexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    Optional<ObjectType> type = ObjectType.ofExtension(rest.substring(dot + 1));
    try {
      Digest checksum = Digest.parse(prefix + rest.substring(0, dot));
      return type.map(known -> new ObjectName(checksum, known));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
