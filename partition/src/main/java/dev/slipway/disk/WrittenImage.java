// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.digest.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * An image file that was written, and the digests of what is in it.
 *
 * @param parts everything that is not zero, in order: named regions, and under an empty name what
 *     lies between them, such as the two copies of the partition table
 * @param wholeFile what {@code sha256sum} prints for the file, if that was asked for
 */
public record WrittenImage(
    Path path, long sizeBytes, List<Part> parts, Optional<Digest> wholeFile) {

  /** A part and the digest of all its bytes, holes read as zeros. */
  public record Part(Region region, Digest digest) {}

  public WrittenImage {
    parts = List.copyOf(parts);
  }

  /** The part of a name. */
  public Optional<Part> part(String name) {
    return parts.stream().filter(part -> part.region().name().equals(name)).findFirst();
  }

  /**
   * One digest that names all bytes of the image: that of {@link #listing}.
   *
   * <p>Equal digests mean equal bytes. Whoever has the file can check it part by part and see that
   * the rest are holes, in a fraction of the time that digesting its holes would take.
   */
  public Digest digest() {
    return Digest.of(listing().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The image's size and its parts as text: {@code size N}, then a line {@code OFFSET LENGTH
   * SHA256} for each part. What no part covers is zero.
   */
  public String listing() {
    var out = new StringBuilder("size ").append(sizeBytes).append('\n');
    for (Part part : parts) {
      out.append(part.region().offset())
          .append(' ')
          .append(part.region().length())
          .append(' ')
          .append(part.digest())
          .append('\n');
    }
    return out.toString();
  }
}
