// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the guide that make an update do what it says of them. */
class UpdatingGuideTest {
  private static final Pattern FILE =
      Pattern.compile("(?<![\\w./-])(robot-1\\.[01]|keys(?=/)|1\\.0-1\\.1\\.)");

  @TempDir Path temp;
  private final CommandShell slipway = new CommandShell();

  private static Path guide() {
    Path here = Path.of("docs/updating.md");
    return Files.exists(here) ? here : Path.of("..").resolve(here);
  }

  /** Every indented line of a section that starts with the command's name. */
  private static List<String> commands(String section) throws Exception {
    String text = Files.readString(guide());
    String from = text.substring(text.indexOf("\n## " + section + "\n") + 1);
    return from.substring(0, from.indexOf("\n## "))
        .replace("\\\n", " ")
        .lines()
        .filter(line -> line.startsWith("    slipway "))
        .map(line -> line.strip().replaceAll("\\s+# .*", ""))
        .toList();
  }

  private String[] words(String command) {
    String there = command.replace("keys create keys", "keys create keys/");
    return Arrays.stream(there.split("\\s+"))
        .skip(1)
        .map(word -> FILE.matcher(word).replaceAll(temp + "/$1"))
        .toArray(String[]::new);
  }

  @Test
  void anUpdateIsMadeAndInstalledAsTheGuideSays() throws Exception {
    SmallDisk.write(temp.resolve("robot-1.0.img"), "1.0", 10);
    SmallDisk.write(temp.resolve("robot-1.1.img"), "1.1", 11);
    List<String> commands = commands("Make an update");
    assertThat(commands).hasSizeGreaterThan(5);
    for (String command : commands) {
      assertThat(slipway.run(words(command))).as(command + "\n" + slipway.err()).isZero();
    }
    for (String made :
        List.of("robot-1.1.raucb", "robot-1.1.swu", "robot-1.1.castr.d/rootfs.caibx")) {
      assertThat(temp.resolve(made)).exists();
    }
    assertThat(
            slipway.run(
                words(
                    "slipway install robot-1.1.raucb --disk robot-1.0.img --keyring keys/ca.pem")))
        .as(slipway.err())
        .isZero();
    assertThat(slipway.out()).contains("release 1.1 is in slot B, by a delta from 1.0; ");
  }
}
