// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bundle;

import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.io.StructReader;
import dev.slipway.verity.Verity;
import java.io.IOException;

/**
 * The end of a bundle, where reading starts.
 *
 * @param cms the signature
 * @param start where it starts: payload and hash tree lie before it
 */
record BundleEnd(byte[] cms, long start) {
  static BundleEnd of(BlockSource source, String name) throws IOException {
    long end = source.size() - BundleWriter.LENGTH_BYTES;
    if (end < 0) {
      throw new FormatException(name + ": " + source.size() + " bytes are too few for a bundle");
    }
    byte[] raw = source.readFully(end, BundleWriter.LENGTH_BYTES);
    StructReader in = StructReader.bigEndian(name, end, raw);
    long length = in.u64(0, "signature length");
    if (length <= 0 || length > BundleWriter.CMS_BYTES_MAX || length > end) {
      throw in.error(
          0,
          "signature length",
          "found "
              + Long.toUnsignedString(length)
              + ", expected 1 to "
              + Math.min(end, BundleWriter.CMS_BYTES_MAX)
              + "; is it cut off, or no bundle at all?");
    }
    return new BundleEnd(source.readFully(end - length, (int) length), end - length);
  }

  /** The payload, checked as it is read, if the tree of a manifest fits what lies before here. */
  BlockSource payload(BlockSource source, String name, ManifestText.Tree tree)
      throws FormatException {
    long payloadBytes = start - tree.sizeBytes();
    if (payloadBytes <= 0
        || payloadBytes % BlockHashIndex.BLOCK_BYTES != 0
        || Verity.treeBytes(payloadBytes) != tree.sizeBytes()) {
      throw new FormatException(
          name
              + ": manifest: verity-size: found "
              + tree.sizeBytes()
              + ", which does not fit the "
              + start
              + " bytes before the signature");
    }
    return Verity.open(
        source.slice(0, payloadBytes),
        source.slice(payloadBytes, tree.sizeBytes()),
        tree.salt(),
        tree.root(),
        name);
  }
}
