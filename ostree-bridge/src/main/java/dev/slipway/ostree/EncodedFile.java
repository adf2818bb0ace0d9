// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.codec.Codec;
import dev.slipway.digest.Digest;
import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import dev.slipway.match.Alignments;
import dev.slipway.ostree.object.FileHeader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A new file in the form that makes the delta smallest, ready to be put into a part. */
abstract class EncodedFile implements Closeable {
  /** What a suffix array and the arrays around it take for each old byte while it is made. */
  private static final int BYTES_FOR_OLD_BYTE = 11;

  private static final int BYTES_FOR_NEW_BYTE = 4;

  /** Whole files above this are read when it is their turn: what waits counts in no budget. */
  private static final long IN_MEMORY_MAX = 4L << 20;

  /** A patch with so little in it, of 256, is taken without trying the whole file. */
  private static final int CLEARLY_SMALLER = 40;

  /** One different byte in so many is a few numbers changed, not code moved. */
  private static final int IN_PLACE_DIFFERENCES = 64;

  /** What a patch costs beside its data: the other file's name does not compress. */
  private static final int PATCH_OVERHEAD = Digest.BYTES + 8;

  final Digest checksum;
  final FileHeader header;

  private EncodedFile(Digest checksum, FileHeader header) {
    this.checksum = checksum;
    this.header = header;
  }

  /** Puts it into a part. */
  abstract void addTo(PartBuilder part) throws IOException;

  /** About how many bytes it adds to a part. */
  abstract long dataBytes();

  /** Whether it is made from another file. */
  abstract boolean isPatch();

  @Override
  public void close() throws IOException {}

  /**
   * Encodes a file.
   *
   * @param base the old file to compare it with
   * @param directory for temporary files
   */
  static EncodedFile of(
      OstreeRepository repository,
      Digest checksum,
      Optional<Digest> base,
      MemoryBudget budget,
      long memoryBytes,
      Path directory)
      throws IOException {
    StoredFile file = repository.storedFile(checksum);
    if (file.header().isSymlink()) {
      String target = file.header().target().orElseThrow();
      return new Whole(checksum, file.header(), target.getBytes(StandardCharsets.UTF_8));
    }
    Optional<StoredFile> old = Optional.empty();
    if (base.isPresent()) {
      old =
          Optional.of(repository.storedFile(base.get()))
              .filter(o -> !o.header().isSymlink() && o.sizeBytes() > 0);
    }
    if (old.isEmpty() || file.sizeBytes() == 0) {
      return file.sizeBytes() > IN_MEMORY_MAX
          ? new WholeStream(checksum, file)
          : new Whole(checksum, file.header(), content(checksum, file));
    }
    long needed =
        BYTES_FOR_OLD_BYTE * old.get().sizeBytes() + BYTES_FOR_NEW_BYTE * file.sizeBytes();
    if (needed > memoryBytes) {
      try (MemoryBudget.Share ignored = budget.take(RollingCopies.TABLE_BYTES)) {
        return rolled(checksum, file, base.get(), old.get(), directory);
      }
    }
    try (MemoryBudget.Share ignored = budget.take(needed)) {
      return smallest(
          checksum, file, base.get(), content(checksum, file), content(base.get(), old.get()));
    }
  }

  private static byte[] content(Digest checksum, StoredFile file) throws IOException {
    byte[] bytes;
    try (InputStream in = file.content().open()) {
      bytes = in.readNBytes((int) file.sizeBytes());
      if (bytes.length < file.sizeBytes() || in.read() >= 0) {
        throw new IOException(checksum + ".file has not its " + file.sizeBytes() + " bytes");
      }
    }
    return bytes;
  }

  private static EncodedFile smallest(
      Digest checksum, StoredFile file, Digest base, byte[] newBytes, byte[] oldBytes) {
    var whole = new Whole(checksum, file.header(), newBytes);
    List<Alignment> alignments =
        inPlace(oldBytes, newBytes)
            ? List.of(new Alignment(0, 0, newBytes.length))
            : Alignments.between(oldBytes, newBytes);
    byte[] patch = Bsdiff.patch(oldBytes, newBytes, alignments);
    var patched = new Patched(checksum, file.header(), newBytes.length, base, patch);
    int something = 0;
    for (byte b : patch) {
      something += b == 0 ? 0 : 1;
    }
    if (newBytes.length > 1024 && something < (long) newBytes.length * CLEARLY_SMALLER / 256) {
      return patched;
    }
    return Codec.GZIP.encode(patch).length + PATCH_OVERHEAD < Codec.GZIP.encode(newBytes).length
        ? patched
        : whole;
  }

  /** Whether so little has changed, and nothing has moved, that searching would find no more. */
  private static boolean inPlace(byte[] oldBytes, byte[] newBytes) {
    if (oldBytes.length != newBytes.length) {
      return false;
    }
    int allowed = newBytes.length / IN_PLACE_DIFFERENCES;
    int different = 0;
    for (int i = 0; i < newBytes.length; i++) {
      if (oldBytes[i] != newBytes[i] && ++different > allowed) {
        return false;
      }
    }
    return true;
  }

  private static EncodedFile rolled(
      Digest checksum, StoredFile file, Digest base, StoredFile old, Path directory)
      throws IOException {
    Path oldFile = spooled(old, directory);
    try {
      Path newFile = spooled(file, directory);
      BlockSource oldSource = BlockSource.file(oldFile);
      try (oldSource) {
        RollingCopies.Result pieces = RollingCopies.between(oldSource, BlockSource.file(newFile));
        if (pieces.addedBytes() < file.sizeBytes()) {
          return new Rolled(checksum, file.header(), base, pieces, newFile);
        }
        pieces.newFile().close();
      }
      Files.delete(newFile);
      return new WholeStream(checksum, file);
    } finally {
      Files.delete(oldFile);
    }
  }

  private static Path spooled(StoredFile file, Path directory) throws IOException {
    Path path = Files.createTempFile(directory, "delta", ".file");
    try (InputStream in = file.content().open()) {
      Files.copy(in, path, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    return path;
  }

  /** A file or link as it is. */
  private static final class Whole extends EncodedFile {
    private final byte[] content;

    Whole(Digest checksum, FileHeader header, byte[] content) {
      super(checksum, header);
      this.content = content;
    }

    @Override
    void addTo(PartBuilder part) throws IOException {
      part.whole(checksum, header, content);
    }

    @Override
    long dataBytes() {
      return content.length;
    }

    @Override
    boolean isPatch() {
      return false;
    }
  }

  /** A large file as it is. */
  private static final class WholeStream extends EncodedFile {
    private final StoredFile file;

    WholeStream(Digest checksum, StoredFile file) {
      super(checksum, file.header());
      this.file = file;
    }

    @Override
    void addTo(PartBuilder part) throws IOException {
      try (InputStream in = file.content().open()) {
        part.whole(checksum, header, file.sizeBytes(), in);
      }
    }

    @Override
    long dataBytes() {
      return file.sizeBytes();
    }

    @Override
    boolean isPatch() {
      return false;
    }
  }

  /** A patch of an old file. */
  private static final class Patched extends EncodedFile {
    private final long sizeBytes;
    private final Digest base;
    private final byte[] patch;

    Patched(Digest checksum, FileHeader header, long sizeBytes, Digest base, byte[] patch) {
      super(checksum, header);
      this.sizeBytes = sizeBytes;
      this.base = base;
      this.patch = patch;
    }

    @Override
    void addTo(PartBuilder part) throws IOException {
      part.patched(checksum, header, sizeBytes, base, patch);
    }

    @Override
    long dataBytes() {
      return patch.length;
    }

    @Override
    boolean isPatch() {
      return true;
    }
  }

  /** Pieces of an old file. */
  private static final class Rolled extends EncodedFile {
    private final Digest base;
    private final RollingCopies.Result pieces;
    private final Path newFile;

    Rolled(
        Digest checksum,
        FileHeader header,
        Digest base,
        RollingCopies.Result pieces,
        Path newFile) {
      super(checksum, header);
      this.base = base;
      this.pieces = pieces;
      this.newFile = newFile;
    }

    @Override
    void addTo(PartBuilder part) throws IOException {
      part.copied(checksum, header, base, pieces);
    }

    @Override
    long dataBytes() {
      return pieces.addedBytes();
    }

    @Override
    boolean isPatch() {
      return true;
    }

    @Override
    public void close() throws IOException {
      pieces.newFile().close();
      Files.deleteIfExists(newFile);
    }
  }
}
