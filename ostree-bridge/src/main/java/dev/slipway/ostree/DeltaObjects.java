// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.ostree.object.FileHeader;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;

/**
 * The objects of a repository as static deltas see them: read to make one, read and added to when
 * one is applied. Safe for reading by several threads.
 */
public interface DeltaObjects {
  /**
   * A file or symbolic link.
   *
   * @param sizeBytes of the content; 0 for links
   */
  record FileObject(FileHeader header, long sizeBytes, ByteSource content) {}

  /** Whether an object is there. */
  boolean has(ObjectName name) throws IOException;

  /** The bytes of a dirtree, dirmeta or commit. */
  byte[] metadata(ObjectName name) throws IOException;

  /** A file object. */
  FileObject file(Digest checksum) throws IOException;

  /** Adds a dirtree, dirmeta or commit whose checksum was compared. */
  void addMetadata(ObjectName name, byte[] bytes) throws IOException;

  /** Adds a file object whose checksum was compared. */
  void addFile(Digest checksum, FileObject file) throws IOException;
}
