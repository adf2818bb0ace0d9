// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.fetch.FetchException;
import dev.slipway.fetch.Fetched;
import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Request;
import dev.slipway.fetch.Sink;
import dev.slipway.fetch.Validator;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.progress.Task;
import dev.slipway.signature.Keyring;
import dev.slipway.signature.OpenPgp;
import dev.slipway.signature.UntrustedException;
import dev.slipway.store.Store;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One suite at one address: gets its Release file, and lets it count only if all about it is right.
 */
final class Suite {
  private static final Size RELEASE_LIMIT = Size.mib(32);
  private static final Size SIGNATURE_LIMIT = Size.mib(1);

  /** By how much the clocks of a mirror and of this machine may differ. */
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  /** Whose signature counts is read only when it is needed. */
  interface Keys {
    Keyring read() throws IOException;
  }

  private final SourceEntry source;
  private final URI address;
  private final Store store;
  private final Fetcher fetcher;
  private final ArchiveOptions options;

  Suite(SourceEntry source, Store store, Fetcher fetcher, ArchiveOptions options) {
    this.source = source;
    this.address =
        Addresses.below(
            source.base(), source.isFlat() ? source.suite() : "dists/" + source.suite());
    this.store = store;
    this.fetcher = fetcher;
    this.options = options;
  }

  /** Where its files lie. */
  URI address() {
    return address;
  }

  private URI file(String name) {
    return Addresses.below(address, name);
  }

  /**
   * Its Release file, proven. Empty when there is no such suite there.
   *
   * @param checkValidUntil whether it may be past its date
   * @param checkDate whether it may be from the future
   */
  Optional<ReleaseFile> release(Keys keys, boolean checkValidUntil, boolean checkDate)
      throws IOException {
    Optional<RememberedRelease> former = RememberedRelease.find(store, address);
    Optional<RememberedRelease> found = options.offline() ? former : fetch(former);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    ReleaseFile release = ReleaseFile.parse(proven(found.get(), keys), name(found.get()));
    Optional<ReleaseFile> newer =
        former
            .filter(remembered -> remembered != found.get())
            .flatMap(remembered -> newerThan(release, remembered, keys));
    if (newer.isPresent()) {
      check(newer.get(), name(former.get()), checkValidUntil, checkDate);
      return newer;
    }
    check(release, name(found.get()), checkValidUntil, checkDate);
    if (found.get() != former.orElse(null)) {
      found.get().keep(store, address);
    }
    return Optional.of(release);
  }

  /**
   * What was seen here before, when it is newer than what is shown now: a mirror that lags behind,
   * or somebody who brings back an old state, must not undo updates. As with apt, the newer one
   * then counts on. One that would no longer be trusted does not.
   */
  private Optional<ReleaseFile> newerThan(
      ReleaseFile release, RememberedRelease remembered, Keys keys) {
    try {
      ReleaseFile before = ReleaseFile.parse(proven(remembered, keys), name(remembered));
      Instant then = before.date().orElse(Instant.MIN);
      boolean newer = then.isAfter(release.date().orElse(Instant.MIN));
      boolean known = !then.isAfter(options.at().plus(CLOCK_TOLERANCE));
      return newer && known ? Optional.of(before) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private String name(RememberedRelease release) {
    return Request.of(file(release.inline() ? "InRelease" : "Release")).shown();
  }

  private Optional<RememberedRelease> fetch(Optional<RememberedRelease> former) throws IOException {
    Request request = Request.of(file("InRelease")).limitedTo(RELEASE_LIMIT);
    Optional<Validator> known =
        former.filter(RememberedRelease::inline).flatMap(RememberedRelease::validator);
    if (known.isPresent()) {
      request = request.ifChangedFrom(known.get());
    }
    try {
      Fetched<byte[]> inline = fetcher.fetch(request, Sink.memory(), Task.NONE);
      return inline.value().isEmpty()
          ? former
          : Optional.of(
              new RememberedRelease(inline.value().get(), new byte[0], true, inline.validator()));
    } catch (FetchException e) {
      if (e.kind() != FetchException.Kind.NOT_FOUND) {
        throw e;
      }
    }
    Optional<byte[]> release = fetchIfThere(file("Release"), RELEASE_LIMIT);
    if (release.isEmpty()) {
      return Optional.empty();
    }
    byte[] signature = fetchIfThere(file("Release.gpg"), SIGNATURE_LIMIT).orElse(new byte[0]);
    return Optional.of(new RememberedRelease(release.get(), signature, false, Optional.empty()));
  }

  private Optional<byte[]> fetchIfThere(URI uri, Size limit) throws IOException {
    try {
      return fetcher.fetch(Request.of(uri).limitedTo(limit), Sink.memory(), Task.NONE).value();
    } catch (FetchException e) {
      if (e.kind() == FetchException.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** The text that is signed, if the signature counts. */
  private byte[] proven(RememberedRelease release, Keys keys) throws IOException {
    String name = name(release);
    if (source.trusted()) {
      return release.inline()
          ? OpenPgp.withoutVerifying(release.document(), name)
          : release.document();
    }
    if (!release.inline() && release.signature().length == 0) {
      throw new UntrustedException(
          name
              + ": not signed: there is neither InRelease nor Release.gpg beside it; if it is to be"
              + " trusted all the same, mark its source with trusted=yes");
    }
    OpenPgp pgp = OpenPgp.trusting(keys.read(), options.at());
    if (release.inline()) {
      return pgp.verifyInline(release.document(), name).bytes();
    }
    pgp.verifyDetached(ByteSource.bytes(release.document()), release.signature(), name);
    return release.document();
  }

  private void check(ReleaseFile release, String name, boolean checkValidUntil, boolean checkDate)
      throws IOException {
    if (!source.isFlat() && !release.answersTo(source.suite())) {
      throw new FormatException(
          name
              + ": is for suite \""
              + release.suite()
              + "\", codename \""
              + release.codename()
              + "\", but \""
              + source.suite()
              + "\" was asked for ("
              + source.where()
              + "); ask for one of these names");
    }
    Instant from = release.date().orElse(Instant.MIN);
    if (checkDate && from.isAfter(options.at().plus(CLOCK_TOLERANCE))) {
      throw new UntrustedException(
          name + ": is from the future, written at " + from + "; check this machine's clock");
    }
    Instant end = release.validUntil().orElse(Instant.MAX);
    if (checkValidUntil && end.isBefore(options.at())) {
      throw new UntrustedException(
          name
              + ": was valid until "
              + end
              + " only; the mirror has not been renewed since, or somebody shows an old state. For"
              + " a snapshot that is meant to be old, ignore Valid-Until");
    }
  }
}
