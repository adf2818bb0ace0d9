// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bundle.Bundle;
import dev.slipway.io.Size;
import dev.slipway.update.BundleSource;
import dev.slipway.update.InstallOptions;
import dev.slipway.update.Installed;
import dev.slipway.update.Installer;
import dev.slipway.update.Pace;
import dev.slipway.update.Release;
import dev.slipway.update.SystemDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "install",
    description = {
      "Installs a bundle into the slot that does not run; it is started next.",
      "Of a bundle on a web server only what is needed is fetched. Stopped at any moment, the same command goes on."
    })
final class InstallCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "BUNDLE",
      description =
          "A file, a directory of which the newest bundle is taken, http(s)://, or - for standard input.")
  String bundle;

  @Mixin DiskArgument target;

  @Mixin TrustOptions trust;

  @Option(
      names = "--allow-downgrade",
      description = "Install it even when what runs is a later release.")
  boolean allowDowngrade;

  @Option(
      names = "--rate-limit",
      paramLabel = "SIZE",
      description = "At most so much a second, such as \"500 KiB\".")
  String rateLimit;

  @Spec CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    // whoever stops the command interrupts this thread, and a pace heeds that
    Pace pace = new Pace(rateLimit == null ? 0 : Size.parse(rateLimit).bytes(), () -> false);
    Path state = target.state();
    Installed done;
    try (ConsoleProgress progress = ConsoleProgress.standard();
        SystemDisk disk = target.open();
        BundleSource source = BundleSource.open(bundle, System.in, state, pace);
        Bundle open =
            Bundle.open(source.source(), source.name(), trust.policy(certainlyPast(disk)))) {
      Instant now = trust.at == null ? Instant.now() : trust.at;
      Pace writing = source.paced() ? pace.withoutLimit() : pace;
      var options =
          new InstallOptions(
              state, target.running(), now, allowDowngrade, writing, source.fetched());
      done = Installer.of(disk, options).install(open, progress);
    }
    PrintWriter out = spec.commandLine().getOut();
    done.deltaProblem()
        .ifPresent(problem -> out.println("the whole image was taken, because " + problem));
    out.println(
        "release "
            + done.version()
            + " is in slot "
            + done.slot()
            + done.from().map(from -> ", by a delta from " + from).orElse("")
            + "; "
            + Size.bytes(done.writtenBytes())
            + " were written. It is started next.");
    done.loaders().forEach(out::println);
    if (!done.readDirectly()) {
      out.println(FlashCommand.readFromMemory("slot " + done.slot()));
    }
    out.flush();
    return 0;
  }

  /** A moment that has passed, whatever the clock says: when the running release was built. */
  private Instant certainlyPast(SystemDisk disk) throws IOException {
    return disk.runningRelease(target.running()).map(Release::builtAt).orElse(Instant.EPOCH);
  }
}
