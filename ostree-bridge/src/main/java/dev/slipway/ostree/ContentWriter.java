// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Writes the file objects of a transaction, and spares work where it can: what is there already is
 * not written, and never compressed for nothing.
 */
final class ContentWriter {
  /** Contents up to this size are looked at in memory before anything is written. */
  private static final int SMALL_BYTES = 1 << 20;

  private static final ArchiveForm ARCHIVE = new ArchiveForm(6);

  private final Transaction transaction;
  private final FileForm form;
  private final RepositoryMode mode;
  private final FreeSpace space;

  ContentWriter(Transaction transaction, FileForm form, RepositoryMode mode, FreeSpace space) {
    this.transaction = transaction;
    this.form = form;
    this.mode = mode;
    this.space = space;
  }

  boolean keepsArchived() {
    return mode == RepositoryMode.ARCHIVE;
  }

  void requireSpace(long bytes) throws IOException {
    space.require(bytes);
  }

  Digest write(FileHeader header, long sizeBytes, ByteSource content) throws IOException {
    Optional<String> objection = form.objection(header);
    if (objection.isPresent()) {
      throw new IOException(objection.get());
    }
    if (sizeBytes <= SMALL_BYTES) {
      return writeSmall(header, (int) sizeBytes, content);
    }
    space.require(sizeBytes);
    return mode == RepositoryMode.ARCHIVE
        ? writeArchived(header, sizeBytes, content)
        : writeAtOnce(header, sizeBytes, content);
  }

  private Digest writeSmall(FileHeader header, int sizeBytes, ByteSource content)
      throws IOException {
    byte[] bytes;
    try (InputStream in = content.open()) {
      bytes = in.readNBytes(sizeBytes + 1);
    }
    if (bytes.length != sizeBytes) {
      throw new IOException("the content has another size than the " + sizeBytes + " bytes said");
    }
    var sha256 = header.digestSoFar();
    sha256.update(bytes);
    ObjectName name = ObjectName.file(Digest.finish(sha256));
    if (!transaction.has(name)) {
      Path draft = transaction.draft();
      form.write(draft, header, sizeBytes, new ByteArrayInputStream(bytes));
      transaction.keep(name, draft, sizeBytes);
    }
    return name.checksum();
  }

  /** Reading twice costs little beside compressing once for nothing. */
  private Digest writeArchived(FileHeader header, long sizeBytes, ByteSource content)
      throws IOException {
    ObjectName name;
    try (var in = new ObjectDigestStream(content.open(), header)) {
      in.transferTo(OutputStream.nullOutputStream());
      name = ObjectName.file(in.checksum());
    }
    if (!transaction.has(name)) {
      Path draft = transaction.draft();
      try (InputStream in = new CheckedContent(content.open(), header, name)) {
        form.write(draft, header, sizeBytes, in);
      }
      transaction.keep(name, draft, sizeBytes);
    }
    return name.checksum();
  }

  private Digest writeAtOnce(FileHeader header, long sizeBytes, ByteSource content)
      throws IOException {
    Path draft = transaction.draft();
    ObjectName name;
    try (var in = new ObjectDigestStream(content.open(), header)) {
      form.write(draft, header, sizeBytes, in);
      name = ObjectName.file(in.checksum());
    }
    if (transaction.has(name)) {
      Files.delete(draft);
    } else {
      transaction.keep(name, draft, sizeBytes);
    }
    return name.checksum();
  }

  /**
   * Takes over a file as archives hold it ({@code .filez}) that lies at a draft, when its content
   * is what its name says; removes it otherwise.
   */
  void adoptArchived(ObjectName name, Path draft) throws IOException {
    boolean kept = false;
    try {
      StoredFile stored = ARCHIVE.read(draft);
      Optional<String> objection = form.objection(stored.header());
      if (objection.isPresent()) {
        throw new IOException(name + ": " + objection.get());
      }
      if (mode == RepositoryMode.ARCHIVE) {
        try (InputStream in = new CheckedContent(stored.content().open(), stored.header(), name)) {
          in.transferTo(OutputStream.nullOutputStream());
        }
        PlainFiles.setMode(draft, PlainFiles.OBJECT_MODE);
        kept = true;
        transaction.keep(name, draft, stored.sizeBytes());
      } else {
        space.require(stored.sizeBytes());
        Path opened = transaction.draft();
        try (InputStream in = new CheckedContent(stored.content().open(), stored.header(), name)) {
          form.write(opened, stored.header(), stored.sizeBytes(), in);
        } catch (IOException | RuntimeException e) {
          Files.deleteIfExists(opened);
          throw e;
        }
        transaction.keep(name, opened, stored.sizeBytes());
      }
    } catch (FormatException e) {
      throw new FormatException(
          name + ": what was fetched is not this object: " + e.getMessage(), e);
    } finally {
      if (!kept) {
        Files.deleteIfExists(draft);
      }
    }
  }
}
