// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.store.Blob;
import dev.slipway.store.BlobWriter;
import dev.slipway.store.Store;
import dev.slipway.testing.TestDeb;
import dev.slipway.tree.ContentKeeper;
import dev.slipway.tree.Tree;
import dev.slipway.tree.TreePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssemblyTest {
  private static final RootfsOptions OPTIONS = RootfsOptions.of("amd64", 1_700_000_000L);

  /** Makes the stages and runs nothing. */
  private static final class Recording implements Sandbox {
    private final List<List<SandboxStage.Ready>> runs = new ArrayList<>();

    @Override
    public Tree run(
        List<SandboxStage> stages,
        SandboxSettings settings,
        ContentKeeper keeper,
        Progress progress)
        throws IOException {
      var made = new ArrayList<SandboxStage.Ready>();
      runs.add(made);
      for (SandboxStage stage : stages) {
        made.add(stage.make());
      }
      return made.get(made.size() - 1).tree();
    }

    @Override
    public void check() {}
  }

  @TempDir Path work;
  private Store store;
  private final Recording sandbox = new Recording();

  @BeforeEach
  void open() throws IOException {
    store = Store.open(work.resolve("store"));
  }

  @AfterEach
  void close() throws IOException {
    store.close();
  }

  private static TestDeb core() {
    return TestDeb.of("core", "1").field("Essential", "yes").file("/opt/x/file", 0644, "core");
  }

  private Tree assemble(TestDeb... debs) throws IOException {
    var blobs = new ArrayList<Blob>();
    for (TestDeb deb : debs) {
      try (BlobWriter out = store.newBlob(deb.fileName())) {
        out.write(deb.bytes());
        blobs.add(out.commit());
      }
    }
    return Rootfs.in(store).assemble(blobs, OPTIONS, sandbox, Progress.none()).tree();
  }

  private static List<String> names(SandboxStage.Ready stage) {
    return stage.commands().stream().map(SandboxCommand::name).toList();
  }

  @Test
  void essentialPackagesAreConfiguredBeforeTheOthersAreThere() throws IOException {
    assemble(core(), TestDeb.of("other", "1").file("/opt/other", 0644, "x"));
    assertThat(sandbox.runs).hasSize(1);
    List<SandboxStage.Ready> stages = sandbox.runs.get(0);
    assertThat(stages).hasSize(2);
    assertThat(names(stages.get(0))).last().isEqualTo("configure the essential packages");
    assertThat(stages.get(0).tree().contains("opt/other")).isFalse();
    assertThat(new String(stages.get(0).tree().read("var/lib/dpkg/status")))
        .contains("Package: core\n")
        .doesNotContain("Package: other\n");
    assertThat(names(stages.get(1))).startsWith("record the packages");
    assertThat(stages.get(1).tree().contains("opt/other")).isTrue();
    assertThat(new String(stages.get(1).tree().read("var/lib/dpkg/status-further")))
        .contains("Package: other\n")
        .doesNotContain("Package: core\n");
  }

  @Test
  void interestInTriggersIsKnownFromTheStart() throws IOException {
    String triggers =
        "# a comment\ninterest-noawait ldconfig # of libraries\ninterest /usr/share/x\nactivate other\n\nnonsense\n";
    assemble(
        core().script("triggers", triggers),
        TestDeb.of("other", "1").script("triggers", "interest-await ldconfig\ninterest ../out\n"));
    for (SandboxStage.Ready stage : sandbox.runs.get(0)) {
      assertThat(new String(stage.tree().read("var/lib/dpkg/triggers/ldconfig")))
          .isEqualTo("core/noawait\nother\n");
      assertThat(new String(stage.tree().read("var/lib/dpkg/triggers/File")))
          .isEqualTo("/usr/share/x core\n");
      assertThat(stage.tree().children(TreePath.of("var/lib/dpkg/triggers"))).hasSize(2);
    }
  }

  @Test
  void whatCannotJoinGoesInAtOnce() throws IOException {
    // Its link comes first, so the other package's file lies elsewhere as soon as both are there.
    TestDeb moving = TestDeb.of("a-link", "1").directory("/opt/y", 0755).symlink("/opt/x", "y");
    Tree tree = assemble(core(), moving);
    assertThat(sandbox.runs).hasSize(2);
    assertThat(sandbox.runs.get(1)).hasSize(1);
    assertThat(names(sandbox.runs.get(1).get(0)))
        .containsSubsequence("configure the essential packages", "configure the packages");
    assertThat(new String(tree.read("opt/y/file"))).isEqualTo("core");
    assertThat(tree.contains("var/lib/dpkg/status-further")).isFalse();
  }

  @Test
  void withoutEssentialPackagesThereIsOneStage() throws IOException {
    assemble(TestDeb.of("other", "1"));
    assertThat(sandbox.runs).hasSize(1);
    assertThat(sandbox.runs.get(0)).hasSize(1);
  }

  @Test
  void aConflictOfLaterPackagesIsSaid() {
    assertThatThrownBy(
            () -> assemble(core(), TestDeb.of("thief", "1").file("/opt/x/file", 0644, "thief")))
        .isInstanceOf(FormatException.class)
        .hasMessageContaining("it is also in package core 1");
  }
}
