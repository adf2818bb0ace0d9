// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every command below {@code slipway ostree} has. */
class OstreeHelpTest {
  @TempDir Path work;

  /** The words of all commands, those of groups such as {@code admin deploy} too. */
  static Stream<List<String>> commands() {
    CommandLine ostree = Main.commandLine().getSubcommands().get("ostree");
    return below(List.of(), ostree).stream();
  }

  private static List<List<String>> below(List<String> words, CommandLine line) {
    var all = new ArrayList<List<String>>();
    line.getSubcommands()
        .forEach(
            (name, command) -> {
              var longer = new ArrayList<>(words);
              longer.add(name);
              all.add(longer);
              all.addAll(below(longer, command));
            });
    return all;
  }

  @Test
  void thereIsWhatOstreesUsersKnow() {
    assertThat(commands().filter(words -> words.size() == 1).map(words -> words.get(0)))
        .contains(
            "init", "commit", "log", "ls", "cat", "diff", "checkout", "refs", "show", "summary")
        .contains("sign", "verify", "pull", "remote", "serve", "static-delta")
        .contains("fsck", "repair", "prune", "admin");
    assertThat(commands().filter(words -> words.get(0).equals("admin")).map(List::size))
        .contains(2);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void explainsItself(List<String> words) {
    var all = new ArrayList<>(words);
    all.add("--help");
    assertThat(new OstreeShell(work).ok(all.toArray(new String[0])))
        .contains("Usage: slipway ostree " + String.join(" ", words))
        .contains("--repo=DIR")
        .contains("Show this help.");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void refusesAnOptionThatItDoesNotHave(List<String> words) {
    var all = new ArrayList<>(words);
    all.add("--no-such-option");
    assertThat(new OstreeShell(work).run(2, all.toArray(new String[0])))
        .containsAnyOf("Unknown option: '--no-such-option'", "Missing required");
  }
}
