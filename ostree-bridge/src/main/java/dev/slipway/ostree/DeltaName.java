// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import java.util.Base64;
import java.util.Optional;

/**
 * Which delta: from a commit, or from nothing, to a commit.
 *
 * @param from nothing means that it holds the whole commit
 */
public record DeltaName(Optional<Digest> from, Digest to) {
  private static final Base64.Encoder ENCODER = Base64.getEncoder().withoutPadding();

  /** Reads what {@link #toString} writes. */
  public static DeltaName parse(String text) {
    String[] parts = text.split("-", 2);
    return parts.length == 1
        ? new DeltaName(Optional.empty(), Digest.parse(parts[0]))
        : new DeltaName(Optional.of(Digest.parse(parts[0])), Digest.parse(parts[1]));
  }

  /**
   * The delta that a directory is for, if it is one.
   *
   * @param path as {@link #path} gives it
   */
  static Optional<DeltaName> ofPath(String path) {
    String name = path.replaceFirst("^deltas/", "").replace("/", "");
    int dash = name.indexOf('-');
    try {
      var read =
          new DeltaName(
              dash < 0 ? Optional.empty() : Optional.of(digest(name.substring(0, dash))),
              digest(name.substring(dash + 1)));
      return read.path().equals(path) ? Optional.of(read) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // nobody's delta
    }
  }

  /** The directory below the repository: {@code deltas/6S/PZYDWdh38-b+o...}. */
  public String path() {
    String to64 = base64(to);
    return "deltas/" + from.map(f -> split(base64(f)) + "-" + to64).orElseGet(() -> split(to64));
  }

  /** The file that lists all deltas to this one's commit. */
  public String indexPath() {
    return "delta-indexes/" + split(base64(to)) + ".index";
  }

  private static String split(String text) {
    return text.substring(0, 2) + "/" + text.substring(2);
  }

  private static Digest digest(String base64) {
    return Digest.fromBytes(Base64.getDecoder().decode(base64.replace('_', '/')));
  }

  /** Standard base64, but with an underscore for the slash. */
  private static String base64(Digest digest) {
    return ENCODER.encodeToString(digest.bytes()).replace('/', '_');
  }

  /**
   * As the summary and {@code ostree static-delta list} have it: {@code from-to}, or {@code to}.
   */
  @Override
  public String toString() {
    return from.map(f -> f + "-" + to).orElseGet(to::hex);
  }
}
