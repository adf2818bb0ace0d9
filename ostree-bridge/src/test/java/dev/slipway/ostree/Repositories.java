// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.progress.Progress;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small repositories for tests, which do not wait for the disk. */
final class Repositories {
  static final long TIME = 1_700_000_000L;

  private Repositories() {}

  static OstreeRepository init(Path directory, RepositoryMode mode) throws IOException {
    OstreeRepository repository = OstreeRepository.init(directory, mode);
    return repository.withConfig(repository.config().with("core", "fsync", "false"));
  }

  static Tree tree(String greeting) {
    return Tree.of(
        t ->
            t.directory("/empty", 0700)
                .file("/etc/greeting", 0644, Content.utf8(greeting))
                .file("/usr/bin/tool", 04755, Content.utf8("#!/bin/sh\n"))
                .hardLink("/usr/bin/same", "/usr/bin/tool")
                .file("/usr/lib/large", 0644, Content.bytes(large()))
                .symlink("/usr/lib/link", "large"));
  }

  /** More than is kept in memory. */
  private static byte[] large() {
    byte[] bytes = new byte[(1 << 20) + 77];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i * 31 + i / 1000);
    }
    return bytes;
  }

  static Digest commit(OstreeRepository repository, String branch, String greeting)
      throws IOException {
    return repository
        .commit(tree(greeting), CommitInfo.of(greeting, TIME).onBranch(branch), 2, Progress.none())
        .checksum();
  }

  /** What the real ostree says to a repository. */
  static String ostree(OstreeRepository repository, String... words)
      throws IOException, InterruptedException {
    String[] all = new String[words.length + 2];
    all[0] = "ostree";
    all[1] = "--repo=" + repository.directory();
    System.arraycopy(words, 0, all, 2, words.length);
    return Tool.output(all).strip();
  }

  /** Copies the files of a directory to a new one. */
  static void copy(Path from, Path to) throws IOException {
    Files.createDirectory(to);
    try (var files = Files.list(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, to.resolve(file.getFileName()));
      }
    }
  }

  /** Changes a byte in the middle of a file. */
  static void damage(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
  }
}
