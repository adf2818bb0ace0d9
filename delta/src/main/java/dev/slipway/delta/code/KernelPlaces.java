// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/** The lists of places that follow the headers of a kernel: addresses, sign-extended to 64 bits. */
final class KernelPlaces implements FieldModel {
  private static final int BYTES = 4;

  private final PagedBytes file;
  private final long start;
  private final AddressMap map;

  KernelPlaces(PagedBytes file, long start, AddressMap map) {
    this.file = file;
    this.start = start;
    this.map = map;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long inside = Math.max(0, from - start & -BYTES);
    for (long at = start + inside; at < to && at <= file.size() - BYTES; at += BYTES) {
      int value = file.i32(at);
      if (value != 0 && map.known(value)) {
        sink.absolute(FieldKind.KERNEL_PLACE, at, BYTES, 0, value);
      }
    }
  }
}
