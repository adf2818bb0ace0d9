// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Another repository, from which objects are copied. Everything it gives is checked. */
interface ObjectSource {
  /** What it offers, and the signatures of that; nothing when it has no summary. */
  Optional<SignedSummary> summary() throws IOException;

  /** The commit a ref points at there. */
  Optional<Digest> ref(String name) throws IOException;

  /** A metadata object, held against its checksum. */
  byte[] metadata(ObjectName name) throws IOException;

  /** What it has beside a commit. */
  Optional<byte[]> detached(Digest commit) throws IOException;

  /** Copies objects into a transaction, several at once; the first that cannot be had ends it. */
  void copy(List<ObjectName> names, Transaction into, Task task) throws IOException;

  /**
   * The files of the repository by their paths, for static deltas; nothing if it has no address.
   */
  Optional<RemoteFiles> files();

  /**
   * A summary as it was fetched.
   *
   * @param signatures the content of {@code summary.sig}
   */
  record SignedSummary(byte[] bytes, Optional<byte[]> signatures) {}
}
