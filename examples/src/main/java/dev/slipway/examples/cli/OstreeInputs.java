// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.codec.Codec;
import dev.slipway.io.BlockSource;
import dev.slipway.ostree.HostTree;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.tree.Content;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.TarReader;
import dev.slipway.tree.Tree;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The trees that {@code --tree} names. Their contents can be read until this is closed. */
final class OstreeInputs implements Closeable {
  private final OstreeRepository repository;
  private final List<BlockSource> open = new ArrayList<>();
  private final List<Path> spooled = new ArrayList<>();

  OstreeInputs(OstreeRepository repository) {
    this.repository = repository;
  }

  /** Reads all and lays them over each other in order. */
  Tree read(List<String> names) throws IOException {
    Tree all = null;
    for (String name : names) {
      Tree next = one(name);
      all = all == null ? next : all.overlaidWith(next);
    }
    return all;
  }

  private Tree one(String name) throws IOException {
    if (name.startsWith("tar=")) {
      return tar(Path.of(name.substring(4)));
    }
    if (name.startsWith("dir=")) {
      return HostTree.read(Path.of(name.substring(4)));
    }
    if (name.startsWith("ref=")) {
      return repository.read(repository.resolve(name.substring(4)));
    }
    throw new IllegalArgumentException(
        "--tree=" + name + ": write tar=FILE, dir=DIR or ref=COMMIT");
  }

  private Tree tar(Path file) throws IOException {
    Path plain = file;
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(Codec.DETECT_BYTES);
    }
    Codec codec = Codec.detect(start);
    if (codec != Codec.NONE) {
      try (InputStream in = codec.decode(Files.newInputStream(file), file.toString())) {
        plain = spool(in);
      }
    }
    BlockSource source = BlockSource.file(plain);
    open.add(source);
    ContentKeeper keeper =
        (in, size) -> {
          Path kept = spool(in);
          return Content.file(kept);
        };
    return TarReader.read(source, file.toString(), keeper);
  }

  /** Keeps a stream in a file of its own. */
  private Path spool(InputStream in) throws IOException {
    Path file = Files.createTempFile("slipway-", ".spool");
    spooled.add(file);
    try (OutputStream out = Files.newOutputStream(file)) {
      in.transferTo(out);
    }
    return file;
  }

  @Override
  public void close() throws IOException {
    for (BlockSource source : open) {
      source.close();
    }
    for (Path file : spooled) {
      Files.deleteIfExists(file);
    }
  }
}
