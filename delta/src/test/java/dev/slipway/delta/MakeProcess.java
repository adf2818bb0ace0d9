// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta;

import dev.slipway.digest.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes deltas in a process of its own, on any Java, and prints what they are. */
final class MakeProcess {
  private static final long SEED = 20261129;
  private static final int INSERTED = 4096;

  private MakeProcess() {}

  /** A scratch directory, and an executable to make two releases of. */
  public static void main(String[] arguments) throws IOException {
    var files = new DeltaFiles(Path.of(arguments[0]));
    var pairs = new ArrayList<EditedImage>();
    for (int i = 0; i < 4; i++) {
      pairs.add(EditedImage.of(2_500_000, 12, SEED + i));
    }
    pairs.add(moved(Files.readAllBytes(Path.of(arguments[1]))));
    for (EditedImage pair : pairs) {
      for (Profile profile : Profile.values()) {
        byte[] delta = files.make(pair, profile, Runnable::run);
        System.out.println(profile + " " + delta.length + " " + Digest.of(delta));
      }
    }
  }

  /** The second half of it moved, as if code had been added in between. */
  private static EditedImage moved(byte[] executable) {
    int middle = executable.length / 2 & -INSERTED;
    var after = new ByteArrayOutputStream();
    after.write(executable, 0, middle);
    after.writeBytes(new byte[INSERTED]);
    after.write(executable, middle, executable.length - middle);
    return new EditedImage(executable, after.toByteArray());
  }

  static List<String> command(Path java, Path directory, Path executable) {
    return Arrays.asList(
        java.toString(),
        "-Xmx512m",
        "-cp",
        System.getProperty("java.class.path"),
        MakeProcess.class.getName(),
        directory.toString(),
        executable.toString());
  }
}
