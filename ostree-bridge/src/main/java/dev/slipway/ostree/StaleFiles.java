// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Removes what died half-written, of ostree as of ours: what lies in {@code tmp/}, and drafts of
 * small files beside their places. Only what is older than {@code core.tmp-expiry-secs} (a day by
 * default), for somebody may be at work on the rest.
 */
final class StaleFiles {
  private static final String EXPIRY = "tmp-expiry-secs";
  private static final long EXPIRY_SECONDS = 86_400;
  private static final long EXPIRY_SECONDS_MAX = 100L * 365 * 86_400;

  private StaleFiles() {}

  /** Sweeps. The repository's lock is held alone. */
  static void sweep(OstreeRepository repository) throws IOException {
    FileTime youngest =
        FileTime.from(now(repository.temporary()).toInstant().minus(expiry(repository)));
    try (var all = Files.newDirectoryStream(repository.temporary())) {
      for (Path each : all) {
        boolean cache = each.getFileName().toString().equals("cache");
        if (!cache && isOlder(each, youngest)) {
          Directories.removeTree(each);
        }
      }
    }
    var drafts = new Drafts(youngest);
    for (String place : List.of("refs", "state", "deltas", "delta-indexes", "tmp/cache")) {
      Files.walkFileTree(repository.directory().resolve(place), drafts);
    }
    // the summary, the configuration and keys
    Files.walkFileTree(repository.directory(), Set.of(), 1, drafts);
  }

  private static Duration expiry(OstreeRepository repository) throws FormatException {
    Optional<String> text = repository.config().get("core", EXPIRY);
    if (text.isPresent() && !text.get().matches("\\d{1,18}")) {
      throw new FormatException(
          repository.directory()
              + "/config: core."
              + EXPIRY
              + ": found \""
              + text.get()
              + "\", expected seconds");
    }
    long seconds = text.map(Long::parseLong).orElse(EXPIRY_SECONDS);
    return Duration.ofSeconds(Math.min(seconds, EXPIRY_SECONDS_MAX));
  }

  /** The time by the clock that files get theirs from, which may be another machine's. */
  private static FileTime now(Path directory) throws IOException {
    Path probe = Files.createTempFile(directory, "slipway-", "-now");
    try {
      return Files.getLastModifiedTime(probe);
    } finally {
      Files.delete(probe);
    }
  }

  private static boolean isOlder(Path file, FileTime youngest) throws IOException {
    try {
      FileTime modified = Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS);
      return modified.compareTo(youngest) < 0;
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static final class Drafts extends SimpleFileVisitor<Path> {
    private final FileTime youngest;

    Drafts(FileTime youngest) {
      this.youngest = youngest;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      boolean draft = file.getFileName().toString().startsWith(Directories.DRAFT);
      if (draft
          && attributes.isRegularFile()
          && attributes.lastModifiedTime().compareTo(youngest) < 0) {
        Files.deleteIfExists(file);
      }
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
      if (e instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE; // no deltas at all, or gone meanwhile
      }
      throw e;
    }
  }
}
