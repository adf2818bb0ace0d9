// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.BlockSource;
import dev.slipway.testing.Tool;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Members made by the real tools, and what we make of them. */
final class Compressed {
  private Compressed() {}

  /** Runs a filter over some bytes. */
  static byte[] filter(byte[] plain, String... command) throws IOException, InterruptedException {
    Path in = Files.createTempFile("plain", ".bin");
    Path out = Files.createTempFile("packed", ".bin");
    try {
      Files.write(in, plain);
      var words = new ArrayList<>(Arrays.asList(command));
      words.set(0, Tool.find(command[0]).orElseThrow().toString());
      Process process =
          new ProcessBuilder(words)
              .redirectInput(in.toFile())
              .redirectOutput(out.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", words) + ": status " + process.exitValue());
      }
      return Files.readAllBytes(out);
    } finally {
      Files.delete(in);
      Files.delete(out);
    }
  }

  /** The only member of some bytes, which it must fill. */
  static Member only(byte[] packed) throws IOException {
    List<Member> members = MemberFinder.standard().find(BlockSource.bytes(packed));
    if (members.size() != 1 || members.get(0).length() != packed.length) {
      throw new AssertionError("found " + members + " in " + packed.length + " bytes");
    }
    return members.get(0);
  }

  static Optional<byte[]> recipe(byte[] packed) throws IOException {
    return Recipe.of(BlockSource.bytes(packed), only(packed));
  }

  static byte[] plain(byte[] packed) throws IOException {
    try (InputStream in = only(packed).plain(BlockSource.bytes(packed))) {
      return in.readAllBytes();
    }
  }

  static byte[] rebuild(byte[] recipe, byte[] plain) throws IOException {
    var out = new ByteArrayOutputStream();
    try (OutputStream rebuild = Rebuild.open(recipe, out)) {
      rebuild.write(plain);
    }
    return out.toByteArray();
  }

  /** As {@link #rebuild}, the plain text in pieces of some size. */
  static byte[] rebuild(byte[] recipe, byte[] plain, int piece) throws IOException {
    var out = new ByteArrayOutputStream();
    try (OutputStream rebuild = Rebuild.open(recipe, out)) {
      for (int at = 0; at < plain.length; at += piece) {
        rebuild.write(plain, at, Math.min(piece, plain.length - at));
      }
    }
    return out.toByteArray();
  }
}
