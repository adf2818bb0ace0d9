// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.slipway.digest.Digest;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands that show refs and commits. */
final class OstreeLook {
  private OstreeLook() {}

  @Command(name = "refs", description = "Lists, makes or deletes refs.")
  static final class Refs extends OstreeTask {
    @Parameters(
        arity = "0..1",
        paramLabel = "PREFIX|COMMIT",
        description = "Show only refs that start so; the commit for --create; the ref to delete.")
    String prefix;

    @Option(names = "--create", paramLabel = "REF", description = "Point a ref at a commit.")
    String create;

    @Option(names = "--delete", description = "Delete a ref.")
    boolean delete;

    @Option(names = "--revision", description = "Show checksums, too.")
    boolean revision;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      if ((create != null || delete) && prefix == null) {
        throw new IllegalArgumentException("name the commit, or the ref to delete");
      }
      if (create != null) {
        Digest commit = repository.resolve(prefix);
        repository.commit(commit); // must be there
        repository.refs().setHead(create, commit);
        return 0;
      }
      if (delete) {
        return delete(repository.refs());
      }
      SortedMap<String, Digest> all = new TreeMap<>(repository.refs().heads());
      all.putAll(repository.refs().remotes());
      if (prefix != null) {
        all.keySet().removeIf(name -> !name.equals(prefix) && !name.startsWith(prefix + "/"));
      }
      if (json) {
        JsonText.print(out, generator -> writeRefs(generator, all));
      } else {
        all.forEach((name, commit) -> out.println(revision ? name + "\t" + commit : name));
      }
      return 0;
    }

    private int delete(dev.slipway.ostree.Refs refs) throws IOException {
      int colon = prefix.indexOf(':');
      boolean was =
          colon < 0
              ? refs.deleteHead(prefix)
              : refs.deleteRemote(prefix.substring(0, colon), prefix.substring(colon + 1));
      if (!was) {
        throw new IOException("no ref \"" + prefix + "\"");
      }
      return 0;
    }

    private static void writeRefs(JsonGenerator json, Map<String, Digest> refs) throws IOException {
      json.writeStartObject();
      for (Map.Entry<String, Digest> ref : refs.entrySet()) {
        json.writeStringField(ref.getKey(), ref.getValue().hex());
      }
      json.writeEndObject();
    }
  }

  @Command(name = "log", description = "Shows a commit and its parents.")
  static final class Log extends OstreeTask {
    @Parameters(paramLabel = "COMMIT", description = "A ref or checksum.")
    String revision;

    @Option(names = "--json", description = "Print JSON instead of text.")
    boolean json;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      var history = new java.util.LinkedHashMap<Digest, Commit>();
      boolean cut = false;
      Optional<Digest> next = Optional.of(repository.resolve(revision));
      while (next.isPresent() && !cut) {
        if (history.isEmpty() || repository.has(ObjectName.commit(next.get()))) {
          Commit commit = repository.commit(next.get());
          history.put(next.get(), commit);
          next = commit.parent();
        } else {
          cut = true;
        }
      }
      if (json) {
        JsonText.print(
            out,
            generator -> {
              generator.writeStartArray();
              for (Map.Entry<Digest, Commit> each : history.entrySet()) {
                write(each.getKey(), each.getValue(), generator);
              }
              generator.writeEndArray();
            });
        return 0;
      }
      history.forEach((checksum, commit) -> print(checksum, commit, out));
      if (cut) {
        out.println("<< History beyond this commit not fetched >>");
      }
      return 0;
    }

    private static void write(Digest checksum, Commit commit, JsonGenerator json)
        throws IOException {
      json.writeStartObject();
      json.writeStringField("commit", checksum.hex());
      if (commit.parent().isPresent()) {
        json.writeStringField("parent", commit.parent().get().hex());
      }
      json.writeNumberField("timestamp", commit.timestampSeconds());
      if (commit.version().isPresent()) {
        json.writeStringField("version", commit.version().get());
      }
      json.writeStringField("subject", commit.subject());
      json.writeStringField("body", commit.body());
      json.writeEndObject();
    }

    static void print(Digest checksum, Commit commit, PrintWriter out) {
      out.println("commit " + checksum);
      commit.parent().ifPresent(parent -> out.println("Parent:  " + parent));
      out.println("Date:  " + Timestamps.show(commit.timestampSeconds()));
      commit.version().ifPresent(version -> out.println("Version: " + version));
      out.println();
      String text = commit.subject() + (commit.body().isEmpty() ? "" : "\n\n" + commit.body());
      text.lines().forEach(line -> out.println(("    " + line).stripTrailing()));
      out.println();
    }
  }

  @Command(name = "show", description = "Shows a commit and what is said about it.")
  static final class Show extends OstreeTask {
    @Parameters(paramLabel = "COMMIT", description = "A ref or checksum.")
    String revision;

    @Option(names = "--raw", description = "Show the object in GVariant's text form.")
    boolean raw;

    @Option(
        names = "--print-metadata-key",
        paramLabel = "KEY",
        description = "Show one fact about the commit.")
    String key;

    @Option(
        names = "--print-detached-metadata-key",
        paramLabel = "KEY",
        description = "Show one fact beside the commit, such as ostree.gpgsigs.")
    String detachedKey;

    @Override
    int run(PrintWriter out) throws IOException {
      OstreeRepository repository = open();
      Digest checksum = repository.resolve(revision);
      Commit commit = repository.commit(checksum);
      if (raw) {
        out.println(commit.toVariant());
      } else if (key != null) {
        out.println(required(commit.metadata().find(key), key));
      } else if (detachedKey != null) {
        out.println(required(repository.detachedMetadata(checksum).find(detachedKey), detachedKey));
      } else {
        Log.print(checksum, commit, out);
        commit.metadata().entries().forEach(e -> out.println(e.key() + ": " + e.value()));
      }
      return 0;
    }

    private static Variant required(Optional<Variant> value, String name) throws IOException {
      return value.orElseThrow(() -> new IOException("No such metadata key '" + name + "'"));
    }
  }
}
