// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import dev.slipway.digest.Digest;
import dev.slipway.store.Key;
import dev.slipway.store.Store;
import dev.slipway.store.StoredTree;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The steps of one build: runs each or takes its result from the store, and remembers why.
 *
 * @param scope keeps the memory of one specification apart from that of others
 * @param madeEarly results that this build made before their step came
 */
record Steps(Store store, String scope, List<StepReport> reports, Set<Key> madeEarly) {
  Steps(Store store, String scope) {
    this(store, scope, new ArrayList<>(), ConcurrentHashMap.newKeySet());
  }

  /** What a step does when its result is not there. */
  interface Maker<T> {
    T make() throws IOException;
  }

  /** A step whose result is a tree. */
  Tree tree(String name, Key key, Maker<Tree> maker) throws IOException {
    Optional<Tree> kept = kept(key);
    report(name, key, kept.isPresent());
    return kept.isPresent() ? kept.get() : keep(name, key, maker.make());
  }

  /** The tree a step made earlier. */
  Optional<Tree> kept(Key key) throws IOException {
    Optional<byte[]> digest = store.result(key);
    return digest.isEmpty()
        ? Optional.empty()
        : Optional.of(StoredTree.read(store, Digest.fromBytes(digest.get())));
  }

  /**
   * Keeps a tree, and reads it back, so that a fresh one and a kept one are the same thing to all
   * that follows.
   */
  Tree keep(String name, Key key, Tree tree) throws IOException {
    StoredTree stored = StoredTree.write(store, tree, name);
    store.putResult(key, stored.digest().bytes(), stored.blobs());
    store.recordKey(label(name), key);
    return StoredTree.read(store, stored.digest());
  }

  /** Lets the tree of one key be found under another, too. */
  void alias(String name, Key key, Key other) throws IOException {
    Optional<byte[]> digest = store.result(key);
    if (!key.equals(other) && digest.isPresent() && store.result(other).isEmpty()) {
      Tree tree = StoredTree.read(store, Digest.fromBytes(digest.get()));
      keep(name, other, tree);
    }
    store.recordKey(label(name), other);
  }

  /** A step whose result is a handful of bytes. */
  byte[] bytes(String name, Key key, Maker<byte[]> maker) throws IOException {
    Optional<byte[]> kept = store.result(key);
    if (kept.isPresent() && !madeEarly.contains(key)) {
      report(name, key, true);
      return kept.get();
    }
    report(name, key, false);
    byte[] made = kept.isPresent() ? kept.get() : put(key, maker);
    store.recordKey(label(name), key);
    return made;
  }

  /** Makes the result of a step before its turn, which will then find and report it. */
  void early(Key key, Maker<byte[]> maker) throws IOException {
    if (store.result(key).isEmpty()) {
      put(key, maker);
      madeEarly.add(key);
    }
  }

  private byte[] put(Key key, Maker<byte[]> maker) throws IOException {
    byte[] made = maker.make();
    store.putResult(key, made);
    return made;
  }

  /** A small piece of a step, kept like a step and not worth telling of. */
  byte[] quietly(Key key, Maker<byte[]> maker) throws IOException {
    Optional<byte[]> kept = store.result(key);
    return kept.isPresent() ? kept.get() : put(key, maker);
  }

  /** Notes what happens to a step, and says whether its result is in the store. */
  boolean foresee(String name, Key key) throws IOException {
    boolean reused = store.result(key).isPresent();
    report(name, key, reused);
    return reused;
  }

  void report(String name, Key key, boolean reused) throws IOException {
    reports.add(new StepReport(name, reused, reused ? List.of() : why(name, key)));
  }

  private List<String> why(String name, Key key) throws IOException {
    Optional<Key> last = store.lastKey(label(name));
    if (last.isEmpty()) {
      return List.of("it was never made before");
    }
    List<String> differences = key.differencesFrom(last.get());
    return differences.isEmpty() ? List.of("the store holds it no more") : differences;
  }

  void remember(String name, Key key) throws IOException {
    store.recordKey(label(name), key);
  }

  private String label(String name) {
    return scope + "\n" + name;
  }
}
