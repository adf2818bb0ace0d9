// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.tree.Content;
import dev.slipway.tree.TarWriter;
import dev.slipway.tree.Tree;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class OstreeCommandTest {
  @TempDir Path work;

  private String run(int status, String... words) {
    var out = new StringWriter();
    var all = new ArrayList<>(List.of("ostree", "--repo=" + work.resolve("repo")));
    all.addAll(List.of(words));
    var main = new Main();
    CommandLine line = new CommandLine(main).setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(out));
    line.setExecutionExceptionHandler((e, command, parsed) -> main.report(e, command));
    assertThat(line.execute(all.toArray(new String[0]))).as(() -> out.toString()).isEqualTo(status);
    return out.toString();
  }

  private String commit(String content, String subject) throws Exception {
    Path tar = work.resolve("tree.tar");
    try (OutputStream out = Files.newOutputStream(tar)) {
      TarWriter.write(Tree.of(t -> t.file("/etc/x", 0644, Content.utf8(content))), out);
    }
    return run(
            0,
            "commit",
            "--branch=os/amd64",
            "--subject=" + subject,
            "--timestamp=@1700000000",
            "--tree=tar=" + tar)
        .strip();
  }

  @Test
  void makesFillsShowsChecksAndPrunesARepository() throws Exception {
    run(0, "init", "--mode=bare-user");
    Path config = work.resolve("repo/config");
    Files.writeString(config, Files.readString(config) + "fsync=false\n");
    String one = commit("one", "first");
    String two = commit("two", "second");
    assertThat(run(0, "refs")).isEqualTo("os/amd64\n");
    assertThat(run(0, "refs", "--json")).contains("\"os/amd64\" : \"" + two + "\"");
    assertThat(run(0, "log", "os/amd64")).contains("commit " + two, "second", "commit " + one);
    assertThat(run(0, "log", "--json", two)).contains("\"parent\" : \"" + one + "\"");
    assertThat(run(0, "ls", "os/amd64", "/etc"))
        .isEqualTo("d00755 0 0      0 /etc\n-00644 0 0      3 /etc/x\n");
    assertThat(run(0, "diff", "os/amd64")).isEqualTo("M    /etc/x\n");
    assertThat(run(0, "show", "--print-metadata-key=ostree.ref-binding", two))
        .isEqualTo("['os/amd64']\n");
    run(0, "checkout", "-U", "os/amd64^", work.resolve("out").toString());
    assertThat(work.resolve("out/etc/x")).hasContent("one");
    assertThat(run(0, "fsck")).contains("2 commits (0 partial), no problem");
    assertThat(run(0, "prune", "--refs-only", "--depth=0")).contains("Deleted ");
    run(0, "summary", "-u");
    assertThat(run(0, "summary")).contains("* os/amd64", two);
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    assertThat(run(Main.FAILED, "log", "x")).contains("not an ostree repository");
    run(0, "init");
    assertThat(run(Main.FAILED, "log", "x")).contains("no ref or commit \"x\"");
    assertThat(run(Main.FAILED, "commit", "--tree=dir=x")).contains("name a --branch");
    assertThat(run(Main.FAILED, "pull", "origin")).contains("no remote \"origin\" with an url");
    assertThat(run(Main.FAILED, "init", "--mode=bare-user")).contains("of mode archive-z2 already");
  }
}
