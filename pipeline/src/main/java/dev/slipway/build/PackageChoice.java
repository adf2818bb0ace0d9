// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.apt.AptConfiguration;
import dev.slipway.apt.Archive;
import dev.slipway.apt.ArchiveOptions;
import dev.slipway.apt.LockFile;
import dev.slipway.apt.LockedPackage;
import dev.slipway.apt.PackageFile;
import dev.slipway.apt.PackageIndex;
import dev.slipway.apt.PackageRequest;
import dev.slipway.apt.Platform;
import dev.slipway.apt.Resolution;
import dev.slipway.apt.Resolver;
import dev.slipway.apt.SignedBy;
import dev.slipway.apt.SourceEntry;
import dev.slipway.apt.UnresolvableException;
import dev.slipway.boot.InitramfsTools;
import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.spec.AptSource;
import dev.slipway.spec.DiskSettings.Initramfs;
import dev.slipway.spec.ImageSpec;
import dev.slipway.store.Blob;
import dev.slipway.store.Store;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which packages an image is made of: what the lock file says, or, without one that answers the
 * specification, what the archives offer now.
 */
final class PackageChoice {
  private final ImageSpec spec;
  private final Platform platform;
  private final Store store;
  private final BuildOptions options;
  private Archive archive;

  PackageChoice(ImageSpec spec, Platform platform, Store store, BuildOptions options) {
    this.spec = spec;
    this.platform = platform;
    this.store = store;
    this.options = options;
  }

  /** What the specification says about packages: when it changes, they are chosen anew. */
  Digest request() {
    var text = new StringBuilder();
    text.append(imageRequest().digest()).append('\n').append(toolRequest().digest()).append('\n');
    for (AptSource source : spec.sources()) {
      // Where a mirror is does not matter, only what is taken from it.
      text.append(source.suites())
          .append(source.components())
          .append(source.priority())
          .append('\n');
    }
    return Digest.of(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  private PackageRequest imageRequest() {
    var packages = new ArrayList<>(spec.packages());
    if (spec.disk().initramfs() == Initramfs.INITRAMFS_TOOLS) {
      packages.addAll(InitramfsTools.PACKAGES);
    }
    PackageRequest request = PackageRequest.of(packages);
    return spec.recommends() ? request.withRecommends() : request;
  }

  private PackageRequest toolRequest() {
    return PackageRequest.of(ToolPackages.of(platform, spec.disk())).withoutBase();
  }

  /** Why the lock cannot be obeyed; nothing when it can. */
  Optional<String> reasonToChoose(Optional<LockFile> lock) {
    if (options.update()) {
      return Optional.of("--update was given");
    }
    if (lock.isEmpty()) {
      return Optional.of("there is no lock file");
    }
    if (!lock.get().answers(platform, request())) {
      return Optional.of("the specification asks for other packages than the lock file holds");
    }
    return Optional.empty();
  }

  /** Asks the archives; users and groups of an older lock stay. */
  LockFile choose(Optional<LockFile> older, Progress progress) throws IOException {
    List<PackageIndex> indexes = archive().indexes(progress);
    try (Task task = progress.start("choosing packages", -1)) {
      Resolver resolver = Resolver.of(platform.architecture(), indexes);
      Resolution image = resolve(resolver, imageRequest());
      Resolution tools = resolve(resolver, toolRequest());
      LockFile lock =
          LockFile.of(platform, request(), image, tools)
              .withTime(archive().newestDate().map(Instant::getEpochSecond).orElse(0L));
      return older.isPresent()
          ? lock.withAccounts(older.get().users(), older.get().groups())
          : lock;
    }
  }

  private static Resolution resolve(Resolver resolver, PackageRequest request) throws IOException {
    try {
      return resolver.resolve(request);
    } catch (UnresolvableException e) {
      throw new BuildException(e.getMessage(), e);
    }
  }

  /** The packages of the image. */
  List<Blob> fetchImage(LockFile lock, Progress progress) throws IOException {
    return fetch(lock, lock.image(), progress);
  }

  /** The packages that only building needs. */
  List<Blob> fetchTools(LockFile lock, Progress progress) throws IOException {
    return fetch(lock, lock.build(), progress);
  }

  private List<Blob> fetch(LockFile lock, List<LockedPackage> packages, Progress progress)
      throws IOException {
    var blobs = new ArrayList<Blob>();
    for (LockedPackage each : packages) {
      store.find(each.digest()).ifPresent(blobs::add);
    }
    if (blobs.size() == packages.size()) {
      return blobs;
    }
    var files = new ArrayList<PackageFile>();
    for (LockedPackage each : packages) {
      files.add(PackageFile.of(lock, each));
    }
    return archive().fetch(files, progress);
  }

  private Archive archive() throws IOException {
    if (archive == null) {
      AptConfiguration host = AptConfiguration.ofHost();
      // The one place that looks at the clock: whether signatures and indexes are still good today.
      ArchiveOptions judged =
          ArchiveOptions.at(options.judgedAt().orElseGet(Instant::now))
              .withValidUntil(options.validUntil());
      if (options.offline()) {
        judged = judged.fromStoreOnly();
      }
      archive =
          spec.sources().isEmpty()
              ? Archive.forPlatform(host, platform, store, judged)
              : Archive.ofSources(host, entries(), platform, store, judged);
    }
    return archive;
  }

  private List<SourceEntry> entries() throws FormatException {
    var entries = new ArrayList<SourceEntry>();
    for (AptSource source : spec.sources()) {
      List<String> suites = source.suites().isEmpty() ? List.of(spec.suite()) : source.suites();
      for (String uri : source.uris()) {
        for (String suite : suites) {
          List<String> components = suite.endsWith("/") ? List.of() : source.components();
          SourceEntry entry =
              SourceEntry.of(uri(uri), suite, components, "sources of the specification");
          if (source.keyring().isPresent()) {
            entry = entry.withSignedBy(SignedBy.keyring(source.keyring().get().toAbsolutePath()));
          }
          if (source.priority() != AptSource.PRIORITY_DEFAULT) {
            entry = entry.withPriority(source.priority());
          }
          entries.add(entry);
        }
      }
    }
    return entries;
  }

  private static URI uri(String text) throws FormatException {
    try {
      return URI.create(text.endsWith("/") ? text : text + "/");
    } catch (IllegalArgumentException e) {
      throw new FormatException(
          "\"" + text + "\" is no address of an archive: " + e.getMessage(), e);
    }
  }
}
