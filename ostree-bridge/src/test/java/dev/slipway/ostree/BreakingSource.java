// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** A good source of objects, with something that may happen before each copy. */
record BreakingSource(ObjectSource good, Event beforeCopy) implements ObjectSource {
  /** What happens. */
  @FunctionalInterface
  interface Event {
    void happen() throws IOException;
  }

  @Override
  public Optional<SignedSummary> summary() throws IOException {
    return good.summary();
  }

  @Override
  public Optional<Digest> ref(String name) throws IOException {
    return good.ref(name);
  }

  @Override
  public byte[] metadata(ObjectName name) throws IOException {
    return good.metadata(name);
  }

  @Override
  public Optional<byte[]> detached(Digest commit) throws IOException {
    return good.detached(commit);
  }

  @Override
  public void copy(List<ObjectName> names, Transaction into, Task task) throws IOException {
    beforeCopy.happen();
    good.copy(names, into, task);
  }

  @Override
  public Optional<RemoteFiles> files() {
    return good.files();
  }
}
