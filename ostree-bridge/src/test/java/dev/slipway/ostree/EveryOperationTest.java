// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.ostree.object.ObjectType;
import dev.slipway.progress.Progress;
import dev.slipway.testing.RequiresTool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deltas that the real ostree made, operation by operation. */
@RequiresTool(value = "ostree", in = "ostree")
class EveryOperationTest {
  private static final int BYTES = 200_000;

  @TempDir Path work;

  private OstreeRepository server;
  private OstreeRepository client;
  private Digest from;
  private Digest to;

  @BeforeEach
  void commitTwice() throws Exception {
    server = Repositories.init(work.resolve("server"), RepositoryMode.ARCHIVE);
    client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    from = commit(Tree.of(t -> t.file("/file", 0644, Content.bytes(noise(1, BYTES)))));
  }

  private static byte[] noise(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Digest commit(Tree tree) throws IOException {
    CommitInfo info = CommitInfo.of("test", Repositories.TIME);
    return server.commit(tree, info, 1, Progress.none()).checksum();
  }

  /** Letters of all operations, from a delta that ostree makes and that is applied after that. */
  private String operations(Tree after, String... options) throws Exception {
    to = commit(after);
    var words =
        new ArrayList<>(
            List.of("static-delta", "generate", "--min-fallback-size=0", "--from=" + from));
    words.add("--to=" + to);
    words.addAll(List.of(options));
    var whole = new DeltaName(Optional.empty(), from);
    StaticDelta.apply(
        client,
        StaticDelta.make(server, whole, DeltaOptions.threads(1), Progress.none()),
        DeltaLimits.DEFAULT,
        Progress.none());
    Repositories.ostree(server, words.toArray(String[]::new));
    Path delta = server.directory().resolve(new DeltaName(Optional.of(from), to).path());
    var letters = new StringBuilder();
    DeltaSuperblock superblock = StaticDelta.superblock(delta, DeltaLimits.DEFAULT);
    for (int i = 0; i < superblock.parts().size(); i++) {
      Part part = superblock.parts().get(i);
      Path file = delta.resolve(Integer.toString(i));
      try (PartInput input =
          PartInput.open(Files.newInputStream(file), part, DeltaLimits.DEFAULT, work, "part")) {
        letters.append(letters(input.operations(), part));
      }
    }
    StaticDelta.apply(client, delta, DeltaLimits.DEFAULT, Progress.none());
    assertThat(client.read(to)).isEqualTo(after);
    assertThat(Repositories.ostree(client, "fsck")).contains("no errors found");
    return letters.toString();
  }

  /** Leaves the operands out, which are numbers of 7 bits a byte. */
  private static String letters(byte[] operations, Part part) {
    var letters = new StringBuilder();
    int object = 0;
    for (int at = 0; at < operations.length; ) {
      char letter = (char) operations[at++];
      letters.append(letter);
      int operands =
          switch (letter) {
            case 'S' -> part.objects().get(object).type() == ObjectType.FILE ? 4 : 2;
            case 'o' -> 3;
            case 'w', 'B' -> 2;
            case 'r' -> 1;
            case 'R', 'c' -> 0;
            default -> throw new AssertionError(letter + " after " + letters);
          };
      object += letter == 'S' || letter == 'c' ? 1 : 0;
      for (; operands > 0; at++) {
        operands -= operations[at] >= 0 ? 1 : 0;
      }
    }
    return letters.toString();
  }

  @Test
  void wholeObjectsAreS() throws Exception {
    Tree after = Tree.of(t -> t.file("/new", 0644, Content.utf8("new")).symlink("/link", "new"));
    assertThat(operations(after)).isEqualTo("SSS"); // a directory, a file, a link
  }

  @Test
  void copiesAreOpenedReadFromWrittenAndClosed() throws Exception {
    byte[] edited = noise(1, BYTES);
    System.arraycopy(noise(2, 5000), 0, edited, BYTES / 2, 5000);
    Tree after = Tree.of(t -> t.file("/file", 0644, Content.bytes(edited)));
    // read from the old file, no longer, and from it again: what lies between is new
    assertThat(operations(after, "--disable-bsdiff")).matches("Sorw+Rw+rw+R?c");
  }

  @Test
  void patchesAreB() throws Exception {
    byte[] edited = noise(1, BYTES);
    edited[0] ^= 1;
    Tree after = Tree.of(t -> t.file("/file", 0644, Content.bytes(edited)));
    assertThat(operations(after)).isEqualTo("SroBcR");
  }
}
