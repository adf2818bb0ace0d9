// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** A program header. */
final class Segment {
  static final int OFFSET = 2;
  static final int ADDRESS = 3;
  static final int PHYSICAL_ADDRESS = 4;
  static final int FILE_SIZE = 5;
  static final int MEMORY_SIZE = 6;

  private final long[] fields;

  Segment(long[] fields) {
    this.fields = fields;
  }

  static Segment read(PagedBytes file, long position) throws IOException {
    return new Segment(HeaderFields.read(HeaderFields.SEGMENT, file, position));
  }

  long field(int index) {
    return fields[index];
  }

  long[] fields() {
    return fields.clone();
  }
}
