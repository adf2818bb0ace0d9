// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.codec.Codec;
import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Request;
import dev.slipway.io.FormatException;
import dev.slipway.io.Size;
import dev.slipway.progress.Task;
import dev.slipway.store.Blob;
import dev.slipway.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Gets the package indexes of one proven suite. */
final class IndexFetch {
  /** In the order of preference: what decodes fast first, where sizes are alike. */
  private static final List<Codec> COMPRESSIONS =
      List.of(Codec.XZ, Codec.ZSTD, Codec.GZIP, Codec.LZMA, Codec.NONE);

  /** What an index may grow to when the Release file does not say. */
  private static final Size LIMIT = Size.gib(1);

  /**
   * One index to get.
   *
   * @param path below the suite, without the compression's suffix
   * @param listed the compressed file
   */
  record Wanted(
      IndexFetch fetch, String component, String path, Codec codec, ReleaseFile.Listed listed) {
    long bytes() {
      return listed.size();
    }
  }

  private final SourceEntry source;
  private final URI address;
  private final ReleaseFile release;
  private final int number;

  /**
   * Prepares it.
   *
   * @param address of the suite's directory
   * @param number of the source, for {@link IndexOrigin#archive}
   */
  IndexFetch(SourceEntry source, URI address, ReleaseFile release, int number) {
    this.source = source;
    this.address = address;
    this.release = release;
    this.number = number;
  }

  /** The indexes that hold packages for an architecture. */
  List<Wanted> wanted(Architecture architecture) throws FormatException {
    if (source.isFlat()) {
      return List.of(
          choose("", "Packages").orElseThrow(() -> missing("it lists no file Packages")));
    }
    var all = new ArrayList<Wanted>();
    for (String component : source.components()) {
      String own = component + "/binary-" + architecture + "/Packages";
      all.add(choose(component, own).orElseThrow(() -> missing(component, architecture)));
      if (release.separatesArchitectureAll()) {
        choose(component, component + "/binary-all/Packages").ifPresent(all::add);
      }
    }
    return all;
  }

  private Optional<Wanted> choose(String component, String path) {
    for (Codec codec : COMPRESSIONS) {
      Optional<ReleaseFile.Listed> listed = release.file(path + codec.suffix());
      if (listed.isPresent()) {
        return Optional.of(new Wanted(this, component, path, codec, listed.get()));
      }
    }
    return Optional.empty();
  }

  private FormatException missing(String component, Architecture architecture) {
    if (!release.architectures().isEmpty()
        && !release.architectures().contains(architecture.name())) {
      return missing(
          "it has no packages for " + architecture + ", only for " + release.architectures());
    }
    return missing("it has no component \"" + component + "\", only " + release.components());
  }

  private FormatException missing(String what) {
    return new FormatException(
        Request.of(address).shown() + ": " + release + ": " + what + " (" + source.where() + ")");
  }

  /** The compressed index, from the store or else from the archive. */
  Blob blob(Wanted wanted, Store store, Fetcher fetcher, boolean offline, Task task)
      throws IOException {
    Optional<Blob> here = store.find(wanted.listed().digest());
    if (here.isPresent()) {
      task.advance(wanted.bytes());
      return here.get();
    }
    String path = wanted.path() + wanted.codec().suffix();
    if (offline) {
      throw new IOException(
          "offline, and the store lacks the index "
              + Request.of(Addresses.below(address, path)).shown()
              + "; run once with the network");
    }
    if (usesByHash()) {
      try {
        return fetch(wanted, byHash(wanted), store, fetcher, task);
      } catch (FetchException e) {
        if (e.kind() != FetchException.Kind.NOT_FOUND) {
          throw e;
        }
      }
    }
    return fetch(wanted, path, store, fetcher, task);
  }

  private boolean usesByHash() {
    return source.byHash() == SourceEntry.ByHash.ALWAYS
        || (source.byHash() == SourceEntry.ByHash.IF_OFFERED && release.offersByHash());
  }

  private static String byHash(Wanted wanted) {
    String directory = wanted.path().substring(0, wanted.path().lastIndexOf('/') + 1);
    return directory + "by-hash/SHA256/" + wanted.listed().digest().hex();
  }

  private Blob fetch(Wanted wanted, String path, Store store, Fetcher fetcher, Task task)
      throws IOException {
    Request request =
        Request.of(Addresses.below(address, path), wanted.bytes(), wanted.listed().digest());
    return fetcher.fetch(request, new StoreSink(store, label(wanted)), task).value().orElseThrow();
  }

  private String label(Wanted wanted) {
    return release + " " + wanted.path() + wanted.codec().suffix();
  }

  /**
   * Reads a compressed index, checking the plain one against the Release file where that lists it.
   */
  PackageIndex read(Wanted wanted, Blob blob, Architecture architecture) throws IOException {
    Optional<ReleaseFile.Listed> plain = release.file(wanted.path());
    long limit = plain.map(ReleaseFile.Listed::size).orElse(LIMIT.bytes());
    String name = label(wanted);
    MessageDigest sha256 = Digest.sha256();
    PackageIndex index;
    try (InputStream file = blob.source().open();
        InputStream decoded = wanted.codec().decode(file, name, limit);
        InputStream digested = new DigestInputStream(decoded, sha256)) {
      index = PackageIndex.read(digested, name, origin(wanted), architecture);
      digested.transferTo(java.io.OutputStream.nullOutputStream());
    }
    Digest found = Digest.finish(sha256);
    if (plain.isPresent() && !plain.get().digest().equals(found)) {
      throw new FormatException(
          name + ": decompressed: SHA-256: found " + found + ", expected " + plain.get().digest());
    }
    return index;
  }

  private IndexOrigin origin(Wanted wanted) {
    return new IndexOrigin(
        number,
        release.suite(),
        release.codename(),
        wanted.component(),
        release.origin(),
        release.label(),
        source.priority().orElse(release.priority()));
  }
}
