// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import java.util.Objects;

/**
 * A part of a volume that gets a digest of its own.
 *
 * @param name what its digest is called; empty for what lies between named ones
 */
public record Region(String name, long offset, long length) {
  public Region {
    Objects.requireNonNull(name, "name");
    if (offset < 0 || length < 0 || length > Long.MAX_VALUE - offset) {
      throw new IllegalArgumentException(
          "region \"" + name + "\" cannot be " + length + " bytes at byte " + offset);
    }
  }

  long end() {
    return offset + length;
  }
}
