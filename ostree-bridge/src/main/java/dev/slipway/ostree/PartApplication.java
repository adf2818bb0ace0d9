// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.ostree.object.ObjectType;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Carries out the operations of a part. They are taken for hostile: every number is held against
 * what it counts in, every object against its checksum, and what is written never exceeds what was
 * announced.
 *
 * <pre>
 *   S   a whole object                 o   begin a file       w   copy into it
 *   r   read from a file from now on   R   no longer          B   patch it into it
 *   c   end the file
 * </pre>
 */
final class PartApplication implements Closeable {
  private static final int FILE_TYPE_MASK = 0170000;
  private static final int SYMLINK_TYPE = 0120000;
  private static final int TARGET_BYTES_MAX = 4096;
  private static final int VARINT_BYTES_MAX = 10;
  private static final int CHUNK_BYTES = 1 << 16;

  private final OstreeRepository repository;
  private final Transaction transaction;
  private final PartInput part;
  private final List<ObjectName> objects;
  private final DeltaLimits limits;
  private final Path directory;
  private final String source;
  private int at;
  private int made;

  /** The file that was read from last: pieces of one file are copied between pieces of data. */
  private Optional<Base> base = Optional.empty();

  /** What {@code w} and {@code B} read from; the data when there is none. */
  private Optional<BlockSource> readFrom = Optional.empty();

  private Optional<OpenFile> open = Optional.empty();

  /** A checked copy of a file of the repository. */
  private record Base(Digest checksum, BlockSource copy) {}

  /** A file between {@code o} and {@code c}. */
  private final class OpenFile implements Closeable {
    final FileHeader header;
    final long sizeBytes;
    final Path path;
    final OutputStream out;
    long written;

    OpenFile(FileHeader header, long sizeBytes) throws IOException {
      this.header = header;
      this.sizeBytes = sizeBytes;
      path = Files.createTempFile(directory, "object", ".file");
      out = new BufferedOutputStream(Files.newOutputStream(path), CHUNK_BYTES);
    }

    @Override
    public void close() throws IOException {
      out.close();
      Files.deleteIfExists(path);
    }
  }

  PartApplication(
      OstreeRepository repository,
      Transaction transaction,
      PartInput part,
      List<ObjectName> objects,
      DeltaLimits limits,
      Path directory,
      String source) {
    this.repository = repository;
    this.transaction = transaction;
    this.part = part;
    this.objects = objects;
    this.limits = limits;
    this.directory = directory;
    this.source = source;
  }

  void run() throws IOException {
    byte[] operations = part.operations();
    while (at < operations.length) {
      int start = at;
      int operation = operations[at++] & 0xff;
      switch (operation) {
        case 'S' -> whole();
        case 'o' -> begin();
        case 'w' -> copy();
        case 'r' -> readFrom();
        case 'R' -> readFrom = Optional.empty();
        case 'B' -> patch();
        case 'c' -> end();
        default ->
            throw new FormatException(
                source + ": operation at byte " + start + ": 0x" + Integer.toHexString(operation));
      }
    }
    if (open.isPresent() || made != objects.size()) {
      throw error("ends after " + made + " of " + objects.size() + " objects");
    }
  }

  private void whole() throws IOException {
    requireClosed();
    ObjectName name = next();
    if (name.type() != ObjectType.FILE) {
      long size = number();
      byte[] bytes = part.data(number(), size, ObjectType.METADATA_BYTES_MAX);
      requireName(name, transaction.writeMetadata(name.type(), bytes));
      return;
    }
    long mode = number();
    long attributes = number();
    long size = objectSize();
    long offset = number();
    part.requireWithin(offset, size);
    if ((part.mode(mode, 2) & FILE_TYPE_MASK) == SYMLINK_TYPE) {
      byte[] target = part.data(offset, size, TARGET_BYTES_MAX);
      String text = new String(target, StandardCharsets.UTF_8);
      FileHeader header = header(mode, attributes, Optional.of(text));
      requireName(name, transaction.writeSymlink(header));
    } else {
      FileHeader header = header(mode, attributes, Optional.empty());
      write(name, header, size, () -> part.stream(offset, size));
    }
  }

  private void begin() throws IOException {
    requireClosed();
    if (made >= objects.size() || objects.get(made).type() != ObjectType.FILE) {
      throw error(
          "begins a file where "
              + (made < objects.size() ? "a directory" : "nothing")
              + " is announced");
    }
    FileHeader header = header(number(), number(), Optional.empty());
    open = Optional.of(new OpenFile(header, objectSize()));
  }

  private void copy() throws IOException {
    OpenFile file = requireOpen();
    long length = number();
    long offset = number();
    if (length < 0 || length > file.sizeBytes - file.written) {
      throw error(
          "writes "
              + Long.toUnsignedString(length)
              + " bytes to a file of "
              + file.sizeBytes
              + ", which has "
              + file.written);
    }
    if (readFrom.isPresent()) {
      BlockSource from = readFrom.get();
      if (offset < 0 || offset > from.size() || length > from.size() - offset) {
        throw error(
            "reads bytes "
                + Long.toUnsignedString(offset)
                + " + "
                + length
                + " of a file of "
                + from.size());
      }
      from.stream(offset, length).transferTo(file.out);
    } else {
      try (InputStream in = part.stream(offset, length)) {
        in.transferTo(file.out);
      }
    }
    file.written += length;
  }

  private void readFrom() throws IOException {
    Digest checksum = Digest.fromBytes(part.data(number(), Digest.BYTES, Digest.BYTES));
    if (base.isEmpty() || !base.get().checksum().equals(checksum)) {
      closeBase();
      base = Optional.of(new Base(checksum, copyOf(checksum)));
    }
    readFrom = base.map(Base::copy);
  }

  private BlockSource copyOf(Digest checksum) throws IOException {
    StoredFile file = repository.storedFile(checksum);
    if (file.header().isSymlink()) {
      throw error("reads from " + checksum + ", which is a symbolic link");
    }
    if (file.sizeBytes() > limits.objectBytes()) {
      throw error(
          "reads from a file of " + file.sizeBytes() + " bytes, at most " + limits.objectBytes());
    }
    Path copy = Files.createTempFile(directory, "base", ".file");
    try {
      try (InputStream in = file.content().open()) {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      return BlockSource.file(copy);
    } finally {
      Files.delete(copy); // it stays readable while it is open
    }
  }

  private void closeBase() throws IOException {
    readFrom = Optional.empty();
    if (base.isPresent()) {
      base.get().copy().close();
      base = Optional.empty();
    }
  }

  private void patch() throws IOException {
    OpenFile file = requireOpen();
    long offset = number();
    long length = number();
    if (readFrom.isEmpty()) {
      throw error("patches no file");
    }
    if (file.written != 0) {
      throw error("patches into a file that has " + file.written + " bytes already");
    }
    try (InputStream patch = part.stream(offset, length)) {
      Bsdiff.apply(
          readFrom.get(), patch, file.sizeBytes, file.out, source + ": patch at byte " + offset);
    }
    file.written = file.sizeBytes;
  }

  private void end() throws IOException {
    OpenFile file = requireOpen();
    if (file.written != file.sizeBytes) {
      throw error("ends a file of " + file.sizeBytes + " bytes after " + file.written);
    }
    file.out.flush();
    write(next(), file.header, file.sizeBytes, ByteSource.file(file.path));
    file.close();
    open = Optional.empty();
    readFrom = Optional.empty();
  }

  private void write(ObjectName name, FileHeader header, long size, ByteSource content)
      throws IOException {
    requireName(name, transaction.write(header, size, content));
  }

  private void requireName(ObjectName name, Digest found) throws FormatException {
    if (!found.equals(name.checksum())) {
      throw error("makes an object with the checksum " + found + ", announced is " + name);
    }
  }

  private ObjectName next() throws FormatException {
    if (made == objects.size()) {
      throw error("makes more than the " + made + " objects announced");
    }
    return objects.get(made++);
  }

  private FileHeader header(long mode, long attributes, Optional<String> target)
      throws FormatException {
    Variant xattrs = part.attributes(attributes);
    return FileHeader.of(
        part.mode(mode, 0), part.mode(mode, 1), part.mode(mode, 2), target, xattrs, source);
  }

  private long objectSize() throws FormatException {
    long size = number();
    if (size < 0 || size > limits.objectBytes()) {
      throw error(
          "an object of "
              + Long.toUnsignedString(size)
              + " bytes, at most "
              + limits.objectBytes());
    }
    return size;
  }

  private OpenFile requireOpen() throws FormatException {
    return open.orElseThrow(() -> error("works on a file that was not begun"));
  }

  private void requireClosed() throws FormatException {
    if (open.isPresent()) {
      throw error("begins an object within another");
    }
  }

  /** Seven bits a byte, the lowest first. */
  private long number() throws FormatException {
    long value = 0;
    for (int i = 0; i < VARINT_BYTES_MAX && at < part.operations().length; i++) {
      int next = part.operations()[at++];
      value |= (long) (next & 0x7f) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }
    throw error("a number that does not end");
  }

  private FormatException error(String what) {
    return new FormatException(source + ": operation before byte " + at + " " + what);
  }

  @Override
  public void close() throws IOException {
    closeBase();
    if (open.isPresent()) {
      open.get().close();
    }
  }
}
