// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.slipway.tree.Content;
import dev.slipway.tree.TarWriter;
import dev.slipway.tree.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import picocli.CommandLine;

/** Gives {@code slipway ostree --repo=DIR} commands in tests. */
record OstreeShell(Path repository) {
  /** A repository that does not wait for the disk. */
  static OstreeShell init(Path repository, String mode) throws IOException {
    var shell = new OstreeShell(repository);
    shell.ok("init", "--mode=" + mode);
    Path config = repository.resolve("config");
    Files.writeString(config, Files.readString(config) + "fsync=false\n");
    return shell;
  }

  /** What a command prints that must succeed. */
  String ok(String... words) {
    return run(0, words);
  }

  /** The JSON that a command prints that must succeed: maps, lists, texts, numbers. */
  Object json(String... words) throws IOException {
    try (JsonParser in = new JsonFactory().createParser(ok(words))) {
      in.nextToken();
      Object value = value(in);
      assertThat(in.nextToken()).as("nothing more").isNull();
      return value;
    }
  }

  private static Object value(JsonParser in) throws IOException {
    if (in.currentToken() == JsonToken.START_ARRAY) {
      var all = new ArrayList<Object>();
      while (in.nextToken() != JsonToken.END_ARRAY) {
        all.add(value(in));
      }
      return all;
    }
    if (in.currentToken() == JsonToken.START_OBJECT) {
      var all = new LinkedHashMap<String, Object>();
      while (in.nextToken() != JsonToken.END_OBJECT) {
        String name = in.currentName();
        in.nextToken();
        all.put(name, value(in));
      }
      return all;
    }
    return in.currentToken().isNumeric() ? (Object) in.getLongValue() : in.getText();
  }

  /** What a command says that must fail: one sentence, which does not look like our mistake. */
  String fails(String... words) {
    String said = run(Main.FAILED, words);
    assertThat(said).startsWith("slipway: ").doesNotContain("looks like a mistake in slipway");
    return said;
  }

  /** What a command prints that finds something wrong. */
  String finds(String... words) {
    return run(Main.FAILED, words);
  }

  /** What a command that must end with a status prints, errors too. */
  String run(int status, String... words) {
    var out = new StringWriter();
    var writer = new PrintWriter(out, true);
    var all = new ArrayList<>(List.of("ostree", "--repo=" + repository));
    all.addAll(List.of(words));
    CommandLine line = Main.commandLine().setOut(writer).setErr(writer);
    int found = line.execute(all.toArray(new String[0]));
    writer.flush();
    assertThat(found).as("%s: %s", all, out).isEqualTo(status);
    return out.toString();
  }

  /** What a command that must succeed prints as bytes, which are no lines of text. */
  String raw(String... words) {
    var raw = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try {
      System.setOut(new PrintStream(raw, true, StandardCharsets.UTF_8));
      run(0, words);
    } finally {
      System.setOut(before);
    }
    return raw.toString(StandardCharsets.UTF_8);
  }

  /** Commits a tree to {@code os/amd64} and gives the checksum. */
  String commit(Tree tree, String subject, String... more) throws IOException {
    Path tar = Files.createTempFile(repository.toAbsolutePath().getParent(), "tree", ".tar");
    try (OutputStream out = Files.newOutputStream(tar)) {
      TarWriter.write(tree, out);
    }
    var words =
        new ArrayList<>(
            List.of(
                "commit",
                "--branch=os/amd64",
                "--subject=" + subject,
                "--timestamp=@1700000000",
                "--tree=tar=" + tar));
    words.addAll(List.of(more));
    return ok(words.toArray(new String[0])).strip();
  }

  /** A tree with one small file. */
  static Tree tree(String content) {
    return Tree.of(t -> t.file("/etc/x", 0644, Content.utf8(content)).symlink("/etc/link", "x"));
  }
}
