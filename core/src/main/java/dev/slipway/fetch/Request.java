// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import dev.slipway.digest.Digest;
import dev.slipway.io.Size;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is wanted: where it is, and what is known about it beforehand. All that is known is checked
 * while the bytes arrive.
 *
 * @param uri {@code http}, {@code https} or {@code file}; may hold a login
 * @param sizeBytes its exact size, if known
 * @param digest its digest, if known
 * @param limit more is refused when the size is not known
 * @param ifChangedFrom the mark of a copy that is already here: an unchanged one is not sent again
 */
public record Request(
    URI uri,
    OptionalLong sizeBytes,
    Optional<Digest> digest,
    Size limit,
    Optional<Validator> ifChangedFrom) {
  private static final Set<String> SCHEMES = Set.of("http", "https", "file");
  private static final Size DEFAULT_LIMIT = Size.mib(64);

  public Request {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme)) {
      throw new IllegalArgumentException(
          FetchException.withoutLogin(uri) + ": only http, https and file addresses are fetched");
    }
    if (!scheme.equals("file") && uri.getHost() == null) {
      throw new IllegalArgumentException(FetchException.withoutLogin(uri) + ": names no host");
    }
  }

  /** Something of which nothing is known but that it has at most 64 MiB. */
  public static Request of(URI uri) {
    return new Request(
        uri, OptionalLong.empty(), Optional.empty(), DEFAULT_LIMIT, Optional.empty());
  }

  /** Something whose size and digest are known. */
  public static Request of(URI uri, long sizeBytes, Digest digest) {
    return new Request(
        uri,
        OptionalLong.of(sizeBytes),
        Optional.of(digest),
        Size.bytes(sizeBytes),
        Optional.empty());
  }

  /** The same with another limit. */
  public Request limitedTo(Size most) {
    return new Request(uri, sizeBytes, digest, most, ifChangedFrom);
  }

  /** The same, unless it is still what it was. */
  public Request ifChangedFrom(Validator known) {
    return new Request(uri, sizeBytes, digest, limit, Optional.of(known));
  }

  /** The address as it may be shown: without its login. */
  public String shown() {
    return FetchException.withoutLogin(uri);
  }

  @Override
  public String toString() {
    return shown();
  }
}
