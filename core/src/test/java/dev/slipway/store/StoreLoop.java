// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * A process that uses a store as builds do, for tests that run several or kill one. Every value it
 * stores follows from its number, so whoever finds one can tell whether it is right.
 */
final class StoreLoop {
  static final int VALUES = 25;

  private StoreLoop() {}

  /** Arguments: the store's directory, a seed, and how many rounds (0: for ever). */
  public static void main(String[] args) throws IOException {
    var random = new Random(Long.parseLong(args[1]));
    int rounds = Integer.parseInt(args[2]);
    try (Store store = Store.open(Path.of(args[0]))) {
      System.out.println("started");
      for (int i = 0; rounds == 0 || i < rounds; i++) {
        use(store, random.nextInt(VALUES));
      }
    }
    System.out.println("done");
  }

  static Key key(int number) {
    return Key.of("loop", 1).with("number", number);
  }

  static byte[] value(int number) {
    byte[] bytes = new byte[1000 + 7919 * number];
    new Random(number).nextBytes(bytes);
    return bytes;
  }

  /** Takes a value from the store or puts it there, and checks that it stays. */
  static void use(Store store, int number) throws IOException {
    Digest tree;
    Optional<byte[]> result = store.result(key(number));
    if (result.isPresent()) {
      tree = Digest.fromBytes(result.get());
    } else {
      StoredTree stored = make(store, number);
      store.putResult(key(number), stored.digest().bytes(), stored.blobs());
      store.recordKey("loop", key(number));
      tree = stored.digest();
    }
    check(store, number, tree);
  }

  private static StoredTree make(Store store, int number) throws IOException {
    byte[] value = value(number);
    Content content;
    try (PackWriter pack = store.newPack("pack " + number)) {
      content = pack.keep(new ByteArrayInputStream(value), value.length);
      pack.commit();
    }
    try (BlobWriter out = store.newBlob("blob " + number)) {
      out.write(value);
      out.commit(content.digest());
    }
    String path = "/" + number;
    return StoredTree.write(store, Tree.of(t -> t.file(path, 0644, content)), "tree " + number);
  }

  static void check(Store store, int number, Digest tree) throws IOException {
    byte[] found = StoredTree.read(store, tree).read("/" + number);
    if (!Arrays.equals(found, value(number))) {
      throw new IllegalStateException("value " + number + " came back wrong");
    }
  }

  /** Starts this in a JVM of its own. */
  static Process start(Path directory, Path log, long seed, int rounds) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var builder =
        new ProcessBuilder(
            List.of(
                java,
                "-Xmx64m",
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                StoreLoop.class.getName(),
                directory.toString(),
                Long.toString(seed),
                Integer.toString(rounds)));
    // With it a JVM begins by saying so, and what the process prints is compared.
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }
}
