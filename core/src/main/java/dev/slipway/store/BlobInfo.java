// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.io.FormatException;
import dev.slipway.store.StoreEntry.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the file beside a blob says about it: three lines of text. */
record BlobInfo(long size, Kind kind, String label) {

  BlobInfo {
    label = label.replace('\n', ' ');
  }

  byte[] bytes() {
    return (size + "\n" + kind + "\n" + label + "\n").getBytes(StandardCharsets.UTF_8);
  }

  static BlobInfo read(Path path) throws IOException {
    List<String> lines = List.of(Files.readString(path).split("\n", -1));
    try {
      if (lines.size() == 4) {
        return new BlobInfo(Long.parseLong(lines.get(0)), Kind.valueOf(lines.get(1)), lines.get(2));
      }
    } catch (IllegalArgumentException e) {
      // falls through to the one error
    }
    throw new FormatException(path + ": expected a size, a kind and a label");
  }
}
