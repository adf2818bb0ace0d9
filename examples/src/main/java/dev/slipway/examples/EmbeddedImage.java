// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples;

import dev.slipway.build.BuildOptions;
import dev.slipway.build.BuildResult;
import dev.slipway.build.ImageBuild;
import dev.slipway.disk.DiskIdentity;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.ImageFile;
import dev.slipway.disk.PartitionPlan;
import dev.slipway.fs.ext4.Ext4;
import dev.slipway.fs.ext4.Ext4Options;
import dev.slipway.gpt.PartitionType;
import dev.slipway.io.Size;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.file.Path;

/** Slipway inside another program: a whole image from a specification, and a disk by hand. */
public final class EmbeddedImage {
  private EmbeddedImage() {}

  /** Builds the image of a specification, as {@code slipway build} does. */
  static BuildResult robot(Path specification, Path output, Path store) throws IOException {
    // sample: build
    ImageBuild build = ImageBuild.read(specification, BuildOptions.of(output, store));
    BuildResult built = build.run(Progress.none());
    built.steps().forEach(System.out::println); // what was made anew, and why
    // end
    return built;
  }

  /** A disk with one file system on it: trees, volumes and disks are values. */
  static DiskImage notes(Path image) throws IOException {
    // sample: disk
    Tree tree =
        Tree.of(
            t ->
                t.directory("/notes", 0755)
                    .file("/notes/hello", 0644, Content.utf8("hello\n"))
                    .symlink("/latest", "notes/hello"));

    DiskIdentity id = DiskIdentity.of("notes"); // all ids come from a name: no randomness
    DiskImage disk =
        DiskImage.builder(id)
            .partition(
                PartitionPlan.of(
                    "notes",
                    PartitionType.LINUX_FILE_SYSTEM,
                    Ext4.of(
                        tree,
                        Ext4Options.writable(
                            id.fileSystemId("notes"), 1_767_225_600, Size.mib(64)))))
            .build(); // checked as a whole; nothing is written yet
    System.out.println(disk.layout());

    ImageFile.of(disk).write(image, Progress.none()); // the one line with a side effect
    // end
    return disk;
  }

  /** Takes a specification, a folder for the image and one for the store. */
  public static void main(String[] arguments) throws IOException {
    if (arguments.length != 3) {
      System.err.println("usage: EmbeddedImage SPECIFICATION OUTPUT STORE");
      System.exit(2);
    }
    robot(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
  }
}
