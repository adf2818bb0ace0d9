// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** Finds the fields in one section of the old file. */
interface FieldModel {
  /**
   * Hands over every field that begins in {@code [from, to)}, positions in the old file, perhaps
   * with some around them. What is found at a place must not depend on where the asking begins.
   */
  void fields(long from, long to, FieldSink sink) throws IOException;

  /** What the model keeps in memory, at most. */
  default long memoryBytes() {
    return 0;
  }
}
