// SPDX-License-Identifier: Apache-2.0
package dev.slipway.tree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The bytes of a regular file: how many, their digest, and where they can be read.
 *
 * <p>Two contents are equal when size and digest are; where they are read from does not matter.
 */
public final class Content implements ByteSource {
  /** No bytes at all. */
  public static final Content EMPTY = bytes();

  /** A part of a file that holds data; what lies between ranges is a hole and reads as zeros. */
  public record Range(long offset, long length) {
    public Range {
      if (offset < 0 || length <= 0) {
        throw new IllegalArgumentException(
            "a range starts at 0 or later and is not empty: " + offset + " + " + length);
      }
    }
  }

  private final long sizeBytes;

  /** Null when all is data, as nearly always: a tree has many files, and a list takes its room. */
  private final List<Range> data;

  private final ByteSource source;

  /** Null until it is asked for, when nobody knew it in advance. */
  private volatile Digest digest;

  private Content(long sizeBytes, Digest digest, List<Range> data, ByteSource source) {
    this.sizeBytes = sizeBytes;
    this.data = data.equals(whole(sizeBytes)) ? null : List.copyOf(data);
    this.source = Objects.requireNonNull(source, "source");
    this.digest = digest;
  }

  /** Content without holes whose size and digest are known. The caller vouches for them. */
  public static Content of(long sizeBytes, Digest digest, ByteSource source) {
    Objects.requireNonNull(digest, "digest");
    return new Content(sizeBytes, digest, whole(sizeBytes), source);
  }

  private static List<Range> whole(long sizeBytes) {
    return sizeBytes == 0 ? List.of() : List.of(new Range(0, sizeBytes));
  }

  /**
   * Content with holes.
   *
   * @param data where data lies, in order, not overlapping, within {@code sizeBytes}
   */
  public static Content sparse(long sizeBytes, Digest digest, List<Range> data, ByteSource source) {
    requireOrdered(sizeBytes, data);
    return new Content(sizeBytes, Objects.requireNonNull(digest, "digest"), data, source);
  }

  /**
   * Content of a foreign image, with holes, whose digest nobody knows yet. It is read for its
   * digest when that is asked for first.
   *
   * @param data as for {@link #sparse}
   */
  public static Content undigested(long sizeBytes, List<Range> data, ByteSource source) {
    requireOrdered(sizeBytes, data);
    return new Content(sizeBytes, null, data, source);
  }

  private static void requireOrdered(long sizeBytes, List<Range> data) {
    long end = 0;
    for (Range range : data) {
      if (range.offset() < end || range.length() > sizeBytes - range.offset()) {
        throw new IllegalArgumentException(
            "ranges must be in order and within " + sizeBytes + " bytes: " + data);
      }
      end = range.offset() + range.length();
    }
  }

  /** A copy of the given bytes. */
  public static Content bytes(byte... bytes) {
    byte[] own = bytes.clone();
    return of(own.length, Digest.of(own), ByteSource.bytes(own));
  }

  /** The UTF-8 form of a text. */
  public static Content utf8(String text) {
    return bytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A file, read once now for its digest. It must not change while the content is in use. */
  public static Content file(Path path) throws IOException {
    ByteSource source = ByteSource.file(path);
    return of(Files.size(path), Digest.of(source), source);
  }

  public long sizeBytes() {
    return sizeBytes;
  }

  /**
   * The digest of all bytes.
   *
   * @throws UncheckedIOException when it has to be read for, and reading fails
   */
  public Digest digest() {
    Digest known = digest;
    if (known == null) {
      try {
        known = Digest.of(source);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      digest = known;
    }
    return known;
  }

  /** The digest of all bytes if it is known without reading them. */
  public Optional<Digest> knownDigest() {
    return Optional.ofNullable(digest);
  }

  /** Where data lies, in order; everything else is a hole. */
  public List<Range> data() {
    return data == null ? whole(sizeBytes) : data;
  }

  /** Where the bytes are read from. */
  public ByteSource source() {
    return source;
  }

  @Override
  public InputStream open() throws IOException {
    return source.open();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Content that
        && sizeBytes == that.sizeBytes
        && digest().equals(that.digest());
  }

  @Override
  public int hashCode() {
    return digest().hashCode();
  }

  @Override
  public String toString() {
    return sizeBytes + " bytes, sha256 " + digest();
  }
}
