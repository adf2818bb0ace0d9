// SPDX-License-Identifier: Apache-2.0
package dev.slipway.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramsTest {
  private static Tree packages(String program, Content library) {
    return Tree.of(
        t ->
            t.file("/usr/bin/" + program, 0755, Content.bytes(SampleElf.program("libx.so.1")))
                .file("/usr/lib/libx.so.1", 0644, library));
  }

  private static final Content OLD = Content.bytes(SampleElf.module("old"));
  private static final Content NEW = Content.bytes(SampleElf.module("new"));

  @Test
  void programsOfTwoTreesShareTheSameLibrary() throws Exception {
    var programs = new Programs(List.of(packages("one", OLD), packages("two", OLD)));
    programs.add("one", "/bin/one", "one");
    programs.add("two", "/bin/two", "two");
    assertThat(programs.files()).containsOnlyKeys("/bin/one", "/bin/two", "/lib/libx.so.1");
  }

  @Test
  void refusesALibraryThatAnotherProgramCameWithDifferently() throws Exception {
    var programs = new Programs(List.of(packages("one", OLD), packages("two", NEW)));
    programs.add("one", "/bin/one", "one");
    assertThatThrownBy(() -> programs.add("two", "/bin/two", "two"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("/usr/bin/two: the libx.so.1 beside it is not the one that");
  }
}
