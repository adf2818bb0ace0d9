// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/** What a file is, as far as it matters for compressing it beside others. */
final class FileKind {
  private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

  /** {@code e_machine}, 2 bytes with the small end first. */
  private static final int MACHINE_OFFSET = 18;

  private static final Set<Integer> X86 = Set.of(3, 62);

  private FileKind() {}

  /** Whether a file holds machine code of x86 processors. */
  static boolean isProgram(StoredFile file) throws IOException {
    if (file.header().isSymlink() || file.sizeBytes() < MACHINE_OFFSET + 2) {
      return false;
    }
    byte[] start;
    try (InputStream in = file.content().open()) {
      start = in.readNBytes(MACHINE_OFFSET + 2);
    }
    for (int i = 0; i < ELF.length; i++) {
      if (start[i] != ELF[i]) {
        return false;
      }
    }
    return X86.contains((start[MACHINE_OFFSET] & 0xff) | (start[MACHINE_OFFSET + 1] & 0xff) << 8);
  }

  /**
   * Brings files of one kind together: by the end of the name, then by the path. What Python
   * compiled comes beside its source, whose names and texts it has.
   */
  static String order(String path) {
    String plain = path.replace("/__pycache__/", "/");
    String name = plain.substring(plain.lastIndexOf('/') + 1);
    int dot = name.lastIndexOf('.');
    String end = dot > 0 ? name.substring(dot) : "";
    return (end.equals(".pyc") ? ".py" : end) + "\0" + plain;
  }
}
