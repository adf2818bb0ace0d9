// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipway.digest.Digest;
import dev.slipway.ostree.DeltaLimits;
import dev.slipway.ostree.DeltaName;
import dev.slipway.ostree.DeltaOptions;
import dev.slipway.ostree.DeltaSuperblock;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.StaticDelta;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code slipway ostree static-delta}: what machines download from one commit to the next. */
@Command(
    name = "static-delta",
    description = "Makes, shows and applies static deltas.",
    subcommands = {
      OstreeDelta.Generate.class,
      OstreeDelta.Show.class,
      OstreeDelta.ListAll.class,
      OstreeDelta.ApplyOffline.class,
      OstreeDelta.Delete.class
    },
    synopsisSubcommandLabel = "COMMAND")
final class OstreeDelta implements Runnable {
  @ParentCommand OstreeCommand ostree;

  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** What the commands share. */
  abstract static class DeltaTask implements Callable<Integer> {
    @ParentCommand OstreeDelta parent;

    @Spec CommandSpec spec;

    abstract void run(OstreeRepository repository, PrintWriter out) throws IOException;

    @Override
    public final Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      try {
        run(parent.ostree.open(), out);
        return 0;
      } finally {
        out.flush();
      }
    }
  }

  @Command(name = "generate", description = "Makes a delta.")
  static final class Generate extends DeltaTask {
    @Option(
        names = "--from",
        paramLabel = "REV",
        description = "The commit it starts at. Default: the parent of --to.")
    String from;

    @Option(names = "--empty", description = "Start at nothing: the delta holds everything.")
    boolean empty;

    @Option(
        names = "--to",
        paramLabel = "REV",
        required = true,
        description = "The commit it leads to.")
    String to;

    @Override
    void run(OstreeRepository repository, PrintWriter out) throws IOException {
      Digest target = repository.resolve(to);
      Optional<Digest> base = Optional.empty();
      if (!empty) {
        base =
            from != null
                ? Optional.of(repository.resolve(from))
                : repository.commit(target).parent();
        if (base.isEmpty()) {
          throw new IOException(target + " has no parent; say --from or --empty");
        }
      }
      var name = new DeltaName(base, target);
      Path made;
      try (ConsoleProgress progress = ConsoleProgress.standard()) {
        made =
            StaticDelta.make(
                repository, name, DeltaOptions.threads(parent.ostree.threads()), progress);
      }
      DeltaSuperblock superblock = StaticDelta.superblock(made, DeltaLimits.DEFAULT);
      out.println(
          name
              + ": "
              + superblock.parts().size()
              + " parts, "
              + superblock.parts().stream().mapToLong(DeltaSuperblock.Part::sizeBytes).sum()
              + " bytes");
      out.println("Run \"slipway ostree summary -u\" so that clients see it.");
    }
  }

  @Command(name = "list", description = "Lists the deltas of a repository.")
  static final class ListAll extends DeltaTask {
    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    void run(OstreeRepository repository, PrintWriter out) throws IOException {
      List<DeltaName> all = StaticDelta.list(repository);
      if (!json) {
        all.forEach(out::println);
        return;
      }
      JsonText.print(
          out,
          generator -> {
            generator.writeStartArray();
            for (DeltaName each : all) {
              generator.writeStartObject();
              if (each.from().isPresent()) {
                generator.writeStringField("from", each.from().get().hex());
              }
              generator.writeStringField("to", each.to().hex());
              generator.writeStringField("path", each.path());
              generator.writeEndObject();
            }
            generator.writeEndArray();
          });
    }
  }

  @Command(name = "show", description = "Says what a delta consists of.")
  static final class Show extends DeltaTask {
    @Parameters(paramLabel = "DELTA", description = "As list prints it: FROM-TO, or TO.")
    String delta;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    void run(OstreeRepository repository, PrintWriter out) throws IOException {
      Path place = repository.directory().resolve(DeltaName.parse(delta).path());
      DeltaSuperblock superblock = StaticDelta.superblock(place, DeltaLimits.DEFAULT);
      if (json) {
        JsonText.print(out, generator -> write(generator, superblock));
        return;
      }
      out.println("Delta: " + superblock.name());
      out.println("From: " + superblock.name().from().map(Digest::hex).orElse("<scratch>"));
      out.println("To: " + superblock.name().to());
      out.println("Number of parts: " + superblock.parts().size());
      out.println("Number of fallback entries: " + superblock.fallbacks().size());
      for (int i = 0; i < superblock.parts().size(); i++) {
        DeltaSuperblock.Part part = superblock.parts().get(i);
        out.println(
            "Part "
                + i
                + ": "
                + part.objects().size()
                + " objects, "
                + part.objectBytes()
                + " bytes, as "
                + part.sizeBytes());
      }
    }

    private static void write(JsonGenerator generator, DeltaSuperblock superblock)
        throws IOException {
      generator.writeStartObject();
      if (superblock.name().from().isPresent()) {
        generator.writeStringField("from", superblock.name().from().get().hex());
      }
      generator.writeStringField("to", superblock.name().to().hex());
      generator.writeNumberField("timestamp", superblock.timestampSeconds());
      generator.writeArrayFieldStart("parts");
      for (DeltaSuperblock.Part part : superblock.parts()) {
        generator.writeStartObject();
        generator.writeStringField("checksum", part.checksum().hex());
        generator.writeNumberField("objects", part.objects().size());
        generator.writeNumberField("object-size", part.objectBytes());
        generator.writeNumberField("size", part.sizeBytes());
        generator.writeEndObject();
      }
      generator.writeEndArray();
      generator.writeArrayFieldStart("fallbacks");
      for (DeltaSuperblock.Fallback fallback : superblock.fallbacks()) {
        generator.writeStartObject();
        generator.writeStringField("object", fallback.object().toString());
        generator.writeNumberField("compressed-size", fallback.compressedBytes());
        generator.writeNumberField("object-size", fallback.objectBytes());
        generator.writeEndObject();
      }
      generator.writeEndArray();
      generator.writeEndObject();
    }
  }

  @Command(name = "apply-offline", description = "Applies a delta that lies in a directory.")
  static final class ApplyOffline extends DeltaTask {
    @Parameters(paramLabel = "DIR", description = "The delta's directory, or its superblock.")
    Path delta;

    @Override
    void run(OstreeRepository repository, PrintWriter out) throws IOException {
      Path directory = Files.isDirectory(delta) ? delta : delta.toAbsolutePath().getParent();
      try (ConsoleProgress progress = ConsoleProgress.standard()) {
        out.println(StaticDelta.apply(repository, directory, DeltaLimits.DEFAULT, progress));
      }
    }
  }

  @Command(name = "delete", description = "Removes a delta.")
  static final class Delete extends DeltaTask {
    @Parameters(paramLabel = "DELTA", description = "As list prints it: FROM-TO, or TO.")
    String delta;

    @Override
    void run(OstreeRepository repository, PrintWriter out) throws IOException {
      StaticDelta.delete(repository, DeltaName.parse(delta));
    }
  }
}
