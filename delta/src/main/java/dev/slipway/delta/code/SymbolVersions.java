// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;

/**
 * Checksums of symbols at fixed distances: {@code __versions}, whose entries are 8 bytes of
 * checksum and 56 of name, and {@code __kcrctab}, which has nothing but checksums of 4 bytes.
 */
final class SymbolVersions implements FieldModel {
  static final int NAMED_BYTES = 64;
  static final int PLAIN_BYTES = 4;

  private final PagedBytes file;
  private final Section section;
  private final int entryBytes;
  private final Checksums checksums;

  SymbolVersions(PagedBytes file, Section section, int entryBytes, Checksums checksums) {
    this.file = file;
    this.section = section;
    this.entryBytes = entryBytes;
    this.checksums = checksums;
  }

  @Override
  public void fields(long from, long to, FieldSink sink) throws IOException {
    long first = Math.max(0, (from - section.offset()) / entryBytes);
    long end = section.endOffset() - 4;
    for (long at = section.offset() + first * entryBytes; at < to && at <= end; at += entryBytes) {
      sink.plain(FieldKind.CHECKSUM, at, 4, checksums.map(file.i32(at)));
    }
  }
}
