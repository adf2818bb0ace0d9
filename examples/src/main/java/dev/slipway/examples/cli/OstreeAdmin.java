// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.bootconfig.KernelCommandLine;
import dev.slipway.ostree.Deployment;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.Sysroot;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code slipway ostree admin}: deployments, on this machine or on a mounted disk. */
@Command(
    name = "admin",
    description = "Deploys commits, lists deployments and goes back to earlier ones. For root.",
    subcommands = {
      OstreeAdmin.InitFs.class,
      OstreeAdmin.OsInit.class,
      OstreeAdmin.Deploy.class,
      OstreeAdmin.Status.class,
      OstreeAdmin.Rollback.class,
      OstreeAdmin.Undeploy.class,
      OstreeAdmin.Cleanup.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class OstreeAdmin implements Runnable {
  @ParentCommand OstreeCommand ostree;

  @Option(
      names = "--sysroot",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      defaultValue = "/",
      description = "The root file system. Default: this machine's.")
  Path sysroot;

  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** What the commands share. */
  abstract static class AdminTask implements Callable<Integer> {
    @ParentCommand OstreeAdmin parent;

    @Spec CommandSpec spec;

    abstract void run(PrintWriter out) throws IOException;

    Sysroot open() throws IOException {
      return Sysroot.open(parent.sysroot);
    }

    @Override
    public final Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      try {
        run(out);
        return 0;
      } finally {
        out.flush();
      }
    }
  }

  @Command(name = "init-fs", description = "Makes a sysroot with an empty repository.")
  static final class InitFs extends AdminTask {
    @Parameters(paramLabel = "DIR", description = "Where.")
    Path directory;

    @Override
    void run(PrintWriter out) throws IOException {
      Sysroot.init(directory);
    }
  }

  @Command(name = "os-init", description = "Makes what a system's deployments share.")
  static final class OsInit extends AdminTask {
    @Parameters(paramLabel = "NAME", description = "The system, such as debian.")
    String name;

    @Override
    void run(PrintWriter out) throws IOException {
      open().initStateroot(name);
    }
  }

  @Command(name = "deploy", description = "Lays a commit down, to be started next.")
  static final class Deploy extends AdminTask {
    @Option(
        names = "--os",
        paramLabel = "NAME",
        description = "Which system. Default: that of the deployment started next.")
    String os;

    @Option(
        names = "--karg",
        paramLabel = "PARAMETER",
        description = "A kernel parameter; several. Default: those of the deployment before.")
    List<String> parameters;

    @Parameters(paramLabel = "REFSPEC", description = "A commit, a ref, or REMOTE:REF.")
    String refspec;

    @Override
    void run(PrintWriter out) throws IOException {
      Sysroot sysroot = open();
      OstreeRepository repository = sysroot.repository();
      String stateroot = os;
      if (stateroot == null) {
        stateroot =
            sysroot.deployments().stream()
                .map(Deployment::stateroot)
                .findFirst()
                .orElseThrow(() -> new IOException("nothing is deployed yet; say --os"));
      }
      boolean checksum = refspec.matches("[0-9a-f]{64}");
      Sysroot.DeployReport report;
      try (ConsoleProgress progress = ConsoleProgress.standard()) {
        report =
            sysroot.deploy(
                stateroot,
                repository.resolve(refspec),
                checksum ? Optional.empty() : Optional.of(refspec),
                Optional.ofNullable(parameters).map(KernelCommandLine::new),
                parent.ostree.threads(),
                progress);
      }
      out.println(report.deployment().stateroot() + " " + report.deployment().name());
      report
          .etc()
          .ifPresent(
              etc -> {
                out.println(
                    "/etc: "
                        + etc.changed().size()
                        + " changed here, "
                        + etc.removed().size()
                        + " removed here");
                etc.shadowed()
                    .forEach(
                        path ->
                            out.println(
                                "/etc" + path + " was changed here; its new default is not used"));
              });
    }
  }

  @Command(name = "status", description = "Lists deployments; the first is started next.")
  static final class Status extends AdminTask {
    @Option(names = "--json", description = "For programs.")
    boolean json;

    @Override
    void run(PrintWriter out) throws IOException {
      Sysroot sysroot = open();
      Optional<Deployment> booted = sysroot.booted();
      List<Deployment> all = sysroot.deployments();
      if (json) {
        JsonText.print(
            out,
            generator -> {
              generator.writeStartArray();
              for (Deployment each : all) {
                generator.writeStartObject();
                generator.writeStringField("stateroot", each.stateroot());
                generator.writeStringField("commit", each.commit().hex());
                generator.writeNumberField("serial", each.serial());
                generator.writeStringField("title", each.title());
                generator.writeStringField("kernel", each.kernelVersion());
                generator.writeStringField("parameters", each.parameters().toString());
                if (each.origin().isPresent()) {
                  generator.writeStringField("origin", each.origin().get());
                }
                generator.writeBooleanField("booted", booted.equals(Optional.of(each)));
                generator.writeEndObject();
              }
              generator.writeEndArray();
            });
        return;
      }
      if (all.isEmpty()) {
        out.println("No deployments.");
      }
      for (Deployment each : all) {
        String mark = booted.equals(Optional.of(each)) ? "* " : "  ";
        out.println(mark + each.stateroot() + " " + each.name());
        out.println("    " + each.title());
        each.origin().ifPresent(origin -> out.println("    origin refspec: " + origin));
      }
    }
  }

  @Command(name = "rollback", description = "Starts the deployment before the last one next.")
  static final class Rollback extends AdminTask {
    @Override
    void run(PrintWriter out) throws IOException {
      Deployment next = open().rollback();
      out.println("next is " + next.stateroot() + " " + next.name());
    }
  }

  @Command(name = "undeploy", description = "Removes a deployment.")
  static final class Undeploy extends AdminTask {
    @Parameters(paramLabel = "INDEX", description = "Its place in the list, from 0.")
    int index;

    @Override
    void run(PrintWriter out) throws IOException {
      Deployment gone = open().undeploy(index);
      out.println("removed " + gone.stateroot() + " " + gone.name());
    }
  }

  @Command(name = "cleanup", description = "Removes what no deployment needs.")
  static final class Cleanup extends AdminTask {
    @Override
    void run(PrintWriter out) throws IOException {
      open().cleanup();
    }
  }
}
