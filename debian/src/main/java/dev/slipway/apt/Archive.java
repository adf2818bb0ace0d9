// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.digest.Digest;
import dev.slipway.fetch.FetchException;
import dev.slipway.fetch.Fetcher;
import dev.slipway.fetch.Request;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.signature.Keyring;
import dev.slipway.store.Blob;
import dev.slipway.store.Store;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * All archives that a platform's packages come from, seen as one: what they offer, and the package
 * files themselves, proven by signatures and digests down to the last byte and kept in the store.
 *
 * <pre>{@code
 * Archive archive = Archive.forPlatform(AptConfiguration.ofHost(), platform, store, options);
 * List<PackageIndex> indexes = archive.indexes(progress);
 * List<Blob> blobs = archive.fetch(files, progress);
 * }</pre>
 *
 * <p>Making one touches nothing; {@link #fetch} alone, as a locked build uses it, asks for no
 * indexes, and when all is in the store it opens no connection.
 */
public final class Archive {
  private final AptConfiguration host;
  private final Platform platform;
  private final Store store;
  private final ArchiveOptions options;
  private final List<HostSources.Candidate> candidates;
  private final boolean chosenByHand;
  private final Fetcher fetcher;
  private final Map<SignedBy, Keyring> keys = new HashMap<>();
  private Keyring trustedKeys;
  private List<ReleaseFile> releases = List.of();

  private Archive(
      AptConfiguration host,
      Platform platform,
      Store store,
      ArchiveOptions options,
      List<HostSources.Candidate> candidates,
      boolean chosenByHand)
      throws IOException {
    this.host = host;
    this.platform = platform;
    this.store = store;
    this.options = options;
    this.candidates = candidates;
    this.chosenByHand = chosenByHand;
    this.fetcher = Fetcher.with(host.fetchOptions());
  }

  /**
   * The archives that a machine's own configuration leads to: its sources for the platform's
   * distribution, with the platform's suite in place of its own where they differ. Sources of
   * anybody else are left out.
   */
  public static Archive forPlatform(
      AptConfiguration host, Platform platform, Store store, ArchiveOptions options)
      throws IOException {
    return new Archive(
        host, platform, store, options, HostSources.candidates(host, platform), false);
  }

  /**
   * The given archives and no others.
   *
   * @param host for proxies, logins, and the keys of sources that name none
   */
  public static Archive ofSources(
      AptConfiguration host,
      List<SourceEntry> sources,
      Platform platform,
      Store store,
      ArchiveOptions options)
      throws IOException {
    List<HostSources.Candidate> all =
        sources.stream().map(source -> new HostSources.Candidate(source, false)).toList();
    return new Archive(host, platform, store, options, all, true);
  }

  /**
   * Everything on offer, in the order of the sources. Asks every archive whether it changed; what
   * did not is taken from the store.
   */
  public List<PackageIndex> indexes(Progress progress) throws IOException {
    List<IndexFetch> suites;
    try (Task task = progress.start("asking the archives", -1)) {
      suites = suites();
    }
    var wanted = new ArrayList<IndexFetch.Wanted>();
    for (IndexFetch suite : suites) {
      wanted.addAll(suite.wanted(platform.architecture()));
    }
    long total = wanted.stream().mapToLong(IndexFetch.Wanted::bytes).sum();
    try (Task task = progress.start("reading package indexes", total)) {
      return fetcher.forEach(
          wanted,
          one -> {
            Blob blob = one.fetch().blob(one, store, fetcher, options.offline(), task);
            return one.fetch().read(one, blob, platform.architecture());
          });
    }
  }

  /** One archive's answer: what it offers, or why it is left out. */
  private record Answer(Optional<IndexFetch> suite, Optional<ReleaseFile> release, String reason) {
    static Answer without(String reason) {
      return new Answer(Optional.empty(), Optional.empty(), reason);
    }
  }

  private List<IndexFetch> suites() throws IOException {
    List<Integer> numbers = java.util.stream.IntStream.range(0, candidates.size()).boxed().toList();
    List<Answer> answers = fetcher.forEach(numbers, this::ask);
    boolean hasBase = chosenByHand && !candidates.isEmpty();
    var reasons = new ArrayList<String>();
    for (int i = 0; i < answers.size(); i++) {
      hasBase |= answers.get(i).suite().isPresent() && candidates.get(i).isBase(platform);
      if (!answers.get(i).reason().isEmpty()) {
        reasons.add(answers.get(i).reason());
      }
    }
    if (!hasBase) {
      throw new IOException(nothingServes(reasons));
    }
    releases = answers.stream().flatMap(answer -> answer.release().stream()).toList();
    return answers.stream().flatMap(answer -> answer.suite().stream()).toList();
  }

  private Answer ask(int number) throws IOException {
    HostSources.Candidate candidate = candidates.get(number);
    SourceEntry source = candidate.source();
    var suite = new Suite(source, store, fetcher, options);
    Optional<ReleaseFile> release =
        suite.release(
            () -> keys(source),
            options.checksValidUntil(source.checkValidUntil().orElse(host.checksValidUntil())),
            host.checksDate());
    String shown = Request.of(suite.address()).shown();
    if (release.isEmpty()) {
      if (candidate.replaced()) {
        return Answer.without(shown + ": there is no such suite");
      }
      throw new IOException(
          options.offline()
              ? shown
                  + ": offline, and the store has never seen this suite; run once with the network"
              : shown
                  + ": there is no such suite: neither InRelease nor Release is there ("
                  + source.where()
                  + ")");
    }
    if (!chosenByHand && !release.get().origin().equalsIgnoreCase(platform.distribution().name())) {
      return Answer.without(shown + ": it is from \"" + release.get().origin() + "\"");
    }
    return new Answer(
        Optional.of(new IndexFetch(source, suite.address(), release.get(), number)), release, "");
  }

  private String nothingServes(List<String> reasons) {
    var text =
        new StringBuilder("no apt source of this machine serves " + platform.distribution())
            .append(' ')
            .append(platform.suite())
            .append(" for ")
            .append(platform.architecture());
    reasons.forEach(reason -> text.append("; ").append(reason));
    host.passedOver().forEach(reason -> text.append("; ").append(reason));
    return text.append("; name the sources in the specification").toString();
  }

  /**
   * What a source names itself; else the distribution's own keys and those apt trusts everywhere.
   */
  private Keyring keys(SourceEntry source) throws IOException {
    if (source.signedBy().isDefault()) {
      return trustedKeys();
    }
    synchronized (keys) {
      Keyring known = keys.get(source.signedBy());
      if (known == null) {
        known = host.keys(source);
        keys.put(source.signedBy(), known);
      }
      return known;
    }
  }

  private synchronized Keyring trustedKeys() throws IOException {
    if (trustedKeys == null) {
      Keyring keyring = host.trustedKeys();
      for (String file : platform.distribution().keyringFiles()) {
        Path path = host.resolve(file);
        if (Files.isReadable(path)) {
          keyring = keyring.plus(Keyring.read(path));
        }
      }
      trustedKeys = keyring;
    }
    return trustedKeys;
  }

  /** The Release files behind what {@link #indexes} gave, in the order of the sources. */
  public List<ReleaseFile> releases() {
    return releases;
  }

  /** The date of the newest of them. */
  public Optional<Instant> newestDate() {
    return releases.stream()
        .flatMap(release -> release.date().stream())
        .max(Comparator.naturalOrder());
  }

  /** Fetches one package that an index offers. */
  public Blob fetch(BinaryPackage chosen) throws IOException {
    return fetch(List.of(PackageFile.of(chosen)), Progress.none()).get(0);
  }

  /**
   * Fetches package files into the store, many at once; those that are there already cost nothing.
   *
   * @return the blobs in the order of the files
   * @throws MissingPackagesException if an archive has some of them no longer, naming them all
   */
  public List<Blob> fetch(List<PackageFile> files, Progress progress) throws IOException {
    Map<Digest, Blob> here = new LinkedHashMap<>();
    Map<Digest, PackageFile> absent = new LinkedHashMap<>();
    for (PackageFile file : files) {
      Optional<Blob> blob = store.find(file.digest());
      blob.ifPresentOrElse(
          found -> here.put(file.digest(), found), () -> absent.put(file.digest(), file));
    }
    if (!absent.isEmpty()) {
      here.putAll(fetchAbsent(List.copyOf(absent.values()), progress));
    }
    return files.stream().map(file -> here.get(file.digest())).toList();
  }

  private Map<Digest, Blob> fetchAbsent(List<PackageFile> files, Progress progress)
      throws IOException {
    if (options.offline()) {
      throw MissingPackagesException.notInStore(files);
    }
    long total = files.stream().mapToLong(PackageFile::sizeBytes).sum();
    List<Optional<Blob>> blobs;
    try (Task task = progress.start("fetching packages", total)) {
      blobs = fetcher.forEach(files, file -> fetchFromAny(file, task));
    }
    Map<Digest, Blob> found = new LinkedHashMap<>();
    var missing = new ArrayList<PackageFile>();
    for (int i = 0; i < files.size(); i++) {
      PackageFile file = files.get(i);
      blobs.get(i).ifPresentOrElse(blob -> found.put(file.digest(), blob), () -> missing.add(file));
    }
    if (!missing.isEmpty()) {
      throw MissingPackagesException.gone(missing);
    }
    return found;
  }

  /**
   * Tries one archive after the other, that from which the package was chosen first. What goes
   * wrong with one counts only when no other has the file.
   */
  private Optional<Blob> fetchFromAny(PackageFile file, Task task) throws IOException {
    FetchException failure = null;
    for (URI base : bases(file)) {
      Request request =
          Request.of(Addresses.below(base, file.filename()), file.sizeBytes(), file.digest());
      try {
        return fetcher.fetch(request, new StoreSink(store, label(file)), task).value();
      } catch (FetchException e) {
        if (e.kind() != FetchException.Kind.NOT_FOUND) {
          if (failure == null) {
            failure = e.about(file.toString());
          } else {
            failure.addSuppressed(e);
          }
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return Optional.empty();
  }

  private Set<URI> bases(PackageFile file) {
    var bases = new LinkedHashSet<URI>();
    for (boolean first : new boolean[] {true, false}) {
      for (HostSources.Candidate candidate : candidates) {
        if (first == candidate.source().suite().equals(file.codename())) {
          bases.add(candidate.source().base());
        }
      }
    }
    return bases;
  }

  private static String label(PackageFile file) {
    return file.filename().substring(file.filename().lastIndexOf('/') + 1);
  }
}
