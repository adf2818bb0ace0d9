// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Signs with GnuPG, whose agent may hold keys that are in no file. */
final class GpgProgram {
  private GpgProgram() {}

  static byte[] sign(String key, Path home, byte[] data) throws IOException {
    var words = new ArrayList<>(List.of("gpg", "--batch", "--detach-sign", "--local-user", key));
    if (home != null) {
      words.addAll(1, List.of("--homedir", home.toString()));
    }
    Process process =
        new ProcessBuilder(words).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(data);
    }
    byte[] signature = process.getInputStream().readAllBytes();
    try {
      if (process.waitFor() != 0 || signature.length == 0) {
        throw new IOException("gpg does not sign with key " + key + "; it says why above");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
    return signature;
  }
}
