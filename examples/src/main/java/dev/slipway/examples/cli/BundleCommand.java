// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bundle.Bundle;
import dev.slipway.bundle.BundleDelta;
import dev.slipway.bundle.BundleImage;
import dev.slipway.digest.Digest;
import dev.slipway.digest.DigestingOutputStream;
import dev.slipway.io.BlockSource;
import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.progress.Task;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "bundle",
    description = "Makes, shows, verifies and unpacks signed updates.",
    subcommands = BundleCreateCommand.class)
final class BundleCommand implements Runnable {
  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(
      name = "info",
      description = "Shows what a bundle says of itself; with a keyring, only if it is signed.")
  int info(
      @Parameters(paramLabel = "BUNDLE", description = "The bundle.") Path file,
      @Mixin TrustOptions trust)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (BlockSource source = BlockSource.file(file)) {
      if (trust.given()) {
        try (Bundle bundle = Bundle.open(source, file.toString(), trust.policy())) {
          out.print(BundleText.of(bundle.manifest()));
          out.println("signed by " + String.join(", issued by ", bundle.signer().chain()));
        }
      } else {
        out.print(BundleText.of(Bundle.peek(source, file.toString())));
        out.println("signature NOT verified: give --keyring");
      }
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "verify",
      description = "Reads a bundle to its end and checks signature, hash tree and digests.")
  int verify(
      @Parameters(paramLabel = "BUNDLE", description = "The bundle.") Path file,
      @Mixin TrustOptions trust)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (BlockSource source = BlockSource.file(file);
        Bundle bundle = Bundle.open(source, file.toString(), trust.policy());
        ConsoleProgress progress = ConsoleProgress.standard()) {
      bundle.verify(progress);
      out.println(file + ": good, signed by " + bundle.signer().subject());
    }
    out.flush();
    return 0;
  }

  @Command(
      name = "extract",
      description = "Takes images and deltas out of a bundle that is signed.")
  int extract(
      @Parameters(index = "0", paramLabel = "BUNDLE", description = "The bundle.") Path file,
      @Parameters(index = "1", paramLabel = "DIR", description = "Where they go.") Path directory,
      @Mixin TrustOptions trust,
      @Option(names = "--slot", description = "Take only what is for this slot.") String slot)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    try (BlockSource source = BlockSource.file(file);
        Bundle bundle = Bundle.open(source, file.toString(), trust.policy());
        ConsoleProgress progress = ConsoleProgress.standard()) {
      Files.createDirectories(directory);
      for (BundleImage image : bundle.manifest().images()) {
        if (slot != null && !slot.equals(image.slot())) {
          continue;
        }
        if (image.file().isPresent()) {
          Path to = directory.resolve(image.file().get());
          extract(bundle.image(image), to, progress);
          out.println(to);
        }
        for (BundleDelta delta : image.deltas()) {
          Path to = directory.resolve(delta.file());
          extract(bundle.delta(delta), to, progress);
          out.println(to);
        }
      }
    }
    out.flush();
    return 0;
  }

  /** What does not have its digest does not get its name. */
  private static void extract(Content content, Path to, Progress progress) throws IOException {
    Path part = to.resolveSibling(to.getFileName() + ".part");
    byte[] buffer = new byte[1 << 20];
    try {
      Digest found;
      try (Task task = progress.start("extracting " + to.getFileName(), content.sizeBytes());
          InputStream in = content.open();
          var out = new DigestingOutputStream(Files.newOutputStream(part))) {
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
          out.write(buffer, 0, count);
          task.advance(count);
        }
        found = out.digest();
      }
      if (!found.equals(content.digest())) {
        throw new FormatException(
            to + ": digest: found " + found + ", the manifest says " + content.digest());
      }
      Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }
}
