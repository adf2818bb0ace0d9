// SPDX-License-Identifier: Apache-2.0
package dev.slipway.update;

import dev.slipway.bundle.Bundle;
import dev.slipway.fetch.FetchException;
import dev.slipway.io.BlockSource;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a bundle comes from: a file, a directory of bundles of which the newest is meant, a web
 * server, or standard input.
 *
 * @param name what it is called in messages
 * @param source its bytes
 * @param paced whether its bytes come, or came, no faster than they should
 */
public record BundleSource(String name, BlockSource source, boolean paced) implements Closeable {
  /** How bundles are named in a directory. */
  private static final String SUFFIX = ".raucb";

  /**
   * Opens what a user named.
   *
   * @param where a path, {@code http://} or {@code https://}, or {@code -} for {@code input}
   * @param scratch a directory to keep standard input in, which can be read only once
   */
  public static BundleSource open(String where, InputStream input, Path scratch, Pace pace)
      throws IOException {
    if (where.startsWith("http://") || where.startsWith("https://")) {
      URI uri = URI.create(where);
      return new BundleSource(
          FetchException.withoutLogin(uri), HttpBlockSource.open(uri, pace), true);
    }
    if (where.equals("-")) {
      return new BundleSource("standard input", spooled(input, scratch, pace), true);
    }
    Path path = Path.of(where);
    if (Files.isDirectory(path)) {
      path = newest(path);
    }
    return new BundleSource(path.toString(), BlockSource.file(path), false);
  }

  private static BlockSource spooled(InputStream input, Path scratch, Pace pace)
      throws IOException {
    Files.createDirectories(scratch);
    Path file = scratch.resolve("input" + SUFFIX);
    try (UpdateLock lock = UpdateLock.take(scratch)) { // or two would write the same file
      try {
        try (OutputStream out = Files.newOutputStream(file);
            InputStream in = new PacedStream(input, pace)) {
          in.transferTo(out);
        }
        return BlockSource.file(file);
      } finally {
        Files.deleteIfExists(file); // it stays as long as it is open
      }
    }
  }

  /** The bundle with the highest sequence number; those that cannot be read do not count. */
  private static Path newest(Path directory) throws IOException {
    List<Path> bundles;
    try (Stream<Path> files = Files.list(directory)) {
      bundles = files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
    Path newest = null;
    long highest = -1;
    for (Path bundle : bundles) {
      try (BlockSource source = BlockSource.file(bundle)) {
        long sequence = Bundle.peek(source, bundle.toString()).sequence();
        if (sequence > highest) {
          highest = sequence;
          newest = bundle;
        }
      } catch (IOException e) {
        // another one may do
        System.getLogger(BundleSource.class.getName())
            .log(System.Logger.Level.DEBUG, "passed over " + bundle, e);
      }
    }
    if (newest == null) {
      throw new NoSuchFileException(
          directory.toString(), null, "no bundle *" + SUFFIX + " in it can be read");
    }
    return newest;
  }

  /** Whether its bytes are fetched as they are read, and would have to be fetched again. */
  public boolean fetched() {
    return source instanceof HttpBlockSource;
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
