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

/**
 * The steps of one build: runs each or takes its result from the store, and remembers why.
 *
 * @param scope keeps the memory of one specification apart from that of others
 */
record Steps(Store store, String scope, List<StepReport> reports) {
  Steps(Store store, String scope) {
    this(store, scope, new ArrayList<>());
  }

  /** What a step does when its result is not there. */
  interface Maker<T> {
    T make() throws IOException;
  }

  /** A step whose result is a tree. */
  Tree tree(String name, Key key, Maker<Tree> maker) throws IOException {
    Optional<byte[]> kept = store.result(key);
    if (kept.isPresent()) {
      report(name, key, true);
      return StoredTree.read(store, Digest.fromBytes(kept.get()));
    }
    report(name, key, false);
    StoredTree stored = StoredTree.write(store, maker.make(), scope + ": " + name);
    store.putResult(key, stored.digest().bytes(), stored.blobs());
    store.recordKey(label(name), key);
    // Read back, so that a fresh result and a kept one are the same thing to all that follows.
    return StoredTree.read(store, stored.digest());
  }

  /** A step whose result is a handful of bytes. */
  byte[] bytes(String name, Key key, Maker<byte[]> maker) throws IOException {
    Optional<byte[]> kept = store.result(key);
    if (kept.isPresent()) {
      report(name, key, true);
      return kept.get();
    }
    report(name, key, false);
    byte[] made = maker.make();
    store.putResult(key, made);
    store.recordKey(label(name), key);
    return made;
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
