// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.slipway.io.FormatException;
import dev.slipway.progress.Progress;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreeSpaceTest {
  @TempDir Path work;

  private FreeSpace read(String key, String value) throws FormatException {
    return FreeSpace.of(work, KeyFile.empty().with("core", "min-free-space-" + key, value));
  }

  @Test
  void readsWhatOstreesManualSays() throws Exception {
    assertThat(FreeSpace.of(work, KeyFile.empty())).isEqualTo(new FreeSpace(work, 0, 3));
    assertThat(read("percent", "0")).isEqualTo(new FreeSpace(work, 0, 0));
    assertThat(read("size", "500MB")).isEqualTo(new FreeSpace(work, 524_288_000, 0));
    assertThat(read("size", "1GB")).isEqualTo(new FreeSpace(work, 1_073_741_824, 0));
    assertThat(read("size", "1TB")).isEqualTo(new FreeSpace(work, 1_099_511_627_776L, 0));
    assertThat(read("size", "0MB")).isEqualTo(new FreeSpace(work, 0, 3));
    assertThatThrownBy(() -> read("size", "5"))
        .hasMessage("core.min-free-space-size: found \"5\", expected a number and MB, GB or TB");
    assertThatThrownBy(() -> read("percent", "100"))
        .hasMessage("core.min-free-space-percent: found \"100\", expected 0 to 99");
  }

  @Test
  void whatDoesNotLeaveEnoughFreeIsNotWritten() throws Exception {
    OstreeRepository repository = Repositories.init(work.resolve("r"), RepositoryMode.ARCHIVE);
    OstreeRepository tight =
        repository.withConfig(repository.config().with("core", "min-free-space-size", "999999TB"));
    assertThatThrownBy(() -> Repositories.commit(tight, "a", "x"))
        .hasMessageContaining("/usr/lib/large: ")
        .hasMessageContaining("no room for 1048653 bytes")
        .hasMessageContaining("core.min-free-space-size keeps");
    assertThat(tight.fsck(1, Progress.none()).objects()).isZero();
    Tree small = Tree.of(t -> t.file("/x", 0644, Content.utf8("x")));
    tight.commit(small, CommitInfo.of("small", 1), 1, Progress.none());
  }
}
