// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.DeltaName;
import dev.slipway.testing.RequiresTool;
import dev.slipway.testing.Tool;
import dev.slipway.tree.Content;
import dev.slipway.tree.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every command on a repository: what it does, and what it says to bad input. */
class OstreeCommandTest {
  /** RFC 8032, 7.1, test 1: seed and public key. */
  private static final String SECRET_KEY =
      base64(
          "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
              + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  private static final String PUBLIC_KEY =
      base64("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");

  /** Of test 2. */
  private static final String OTHER_PUBLIC_KEY =
      base64("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

  @TempDir Path work;

  private static String base64(String hex) {
    return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
  }

  private OstreeShell repository(String mode) throws Exception {
    return OstreeShell.init(work.resolve("repo"), mode);
  }

  /** The file of the only object with a kind. */
  private static Path object(OstreeShell shell, String kind) throws Exception {
    try (Stream<Path> all = Files.walk(shell.repository().resolve("objects"))) {
      return all.filter(file -> file.toString().endsWith(kind)).sorted().findFirst().orElseThrow();
    }
  }

  @Test
  void initMakesARepositoryOnceAndOfAModeThatExists() throws Exception {
    OstreeShell shell = repository("bare-user");
    shell.ok("init", "--mode=bare-user");
    assertThat(shell.fails("init")).contains("of mode bare-user already, wanted archive-z2");
    assertThat(new OstreeShell(work.resolve("x")).fails("init", "--mode=tar"))
        .contains("repository mode: found \"tar\"");
  }

  @Test
  void commandsSayWhereNoRepositoryIs() throws Exception {
    var nowhere = new OstreeShell(work.resolve("nowhere"));
    for (String command : List.of("refs", "fsck", "prune", "summary", "log x", "show x", "ls x")) {
      assertThat(nowhere.fails(command.split(" "))).contains("nowhere: not an ostree repository");
    }
  }

  @Test
  void commitPrintsTheChecksumAndWantsToKnowWhatAndWhere() throws Exception {
    OstreeShell shell = repository("archive");
    assertThat(shell.commit(OstreeShell.tree("one"), "s")).matches("[0-9a-f]{64}");
    assertThat(shell.fails("commit", "--tree=dir=x")).contains("name a --branch");
    assertThat(shell.fails("commit", "--branch=b", "--tree=zip=x"))
        .contains("--tree=zip=x: write tar=FILE, dir=DIR or ref=COMMIT");
    assertThat(shell.fails("commit", "--branch=b", "--tree=dir=" + work.resolve("no")))
        .contains(work.resolve("no").toString());
    assertThat(
            shell.fails(
                "commit",
                "--branch=../b",
                "--tree=dir=" + Files.createDirectory(work.resolve("d"))))
        .contains("\"../b\" is no name of a ref");
    assertThat(
            shell.fails(
                "commit", "--branch=b", "--timestamp=soon", "--tree=dir=" + work.resolve("d")))
        .contains("soon");
    assertThat(shell.run(2, "commit", "--branch=b")).contains("--tree");
    assertThat(shell.ok("refs")).isEqualTo("os/amd64\n");
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void commitSkipsAndCanonicalisesAsOstreeDoes() throws Exception {
    OstreeShell shell = repository("bare-user");
    Path tree =
        Files.createDirectories(work.resolve("tree/etc/skipped/below"))
            .resolve("../../..")
            .normalize();
    Files.writeString(tree.resolve("etc/kept"), "kept");
    Files.setAttribute(tree.resolve("etc/kept"), "unix:mode", 0666);
    Files.writeString(tree.resolve("etc/skipped/below/file"), "gone");
    Files.writeString(tree.resolve("gone"), "gone");
    Path list = Files.writeString(work.resolve("list"), "/etc/skipped\n/gone\n\n");
    String[] words = {
      "commit",
      "--orphan",
      "--no-bindings",
      "--subject=s",
      "--timestamp=@7",
      "--canonical-permissions",
      "--skip-list=" + list,
      "--tree=dir=" + tree
    };
    String[] theirs = new String[words.length + 2];
    theirs[0] = "ostree";
    theirs[1] = "--repo=" + shell.repository();
    System.arraycopy(words, 0, theirs, 2, words.length);
    String commit = Tool.output(theirs).strip();
    assertThat(shell.ok(words).strip()).isEqualTo(commit);
    assertThat(shell.ok("ls", "-R", commit))
        .isEqualTo("d00755 0 0      0 /\nd00755 0 0      0 /etc\n-00644 0 0      4 /etc/kept\n");

    Files.writeString(list, "/etc/skipped\n/no/such\n");
    assertThat(shell.fails(words)).isEqualTo("slipway: " + list + ": not in the tree: /no/such\n");
    Files.writeString(list, "/../x\n");
    assertThat(shell.fails(words)).contains(list + ": entry 1: ");
    Files.writeString(list, "/\n");
    assertThat(shell.fails(words)).contains(list + ": entry 1: leaves nothing over");
  }

  @Test
  void refsAreListedMadeAndDeleted() throws Exception {
    OstreeShell shell = repository("archive");
    String commit = shell.commit(OstreeShell.tree("one"), "s");
    shell.ok("refs", "--create=b/c", "os/amd64");
    assertThat(shell.ok("refs", "--revision", "b")).isEqualTo("b/c\t" + commit + "\n");
    assertThat(shell.json("refs", "--json")).isEqualTo(Map.of("b/c", commit, "os/amd64", commit));
    shell.ok("refs", "--delete", "b/c");
    assertThat(shell.ok("refs")).isEqualTo("os/amd64\n");
    assertThat(shell.fails("refs", "--delete", "b/c")).contains("no ref \"b/c\"");
    assertThat(shell.fails("refs", "--delete")).contains("name the commit, or the ref");
    assertThat(shell.fails("refs", "--create=../../x", "os/amd64")).contains("no name of a ref");
    assertThat(shell.fails("refs", "--create=x", "nobody")).contains("no ref or commit \"nobody\"");
    assertThat(shell.fails("refs", "--create=x", "0".repeat(64)))
        .contains("0".repeat(64) + ".commit");
  }

  @Test
  void logAndShowTellAboutCommits() throws Exception {
    OstreeShell shell = repository("archive");
    String one = shell.commit(OstreeShell.tree("one"), "first");
    String two = shell.commit(OstreeShell.tree("two"), "second", "--add-metadata-string=version=2");
    assertThat(shell.ok("log", "os/amd64"))
        .containsSubsequence("commit " + two, "Version: 2", "second", "commit " + one, "first");
    Map<String, Object> first =
        Map.of("commit", one, "timestamp", 1_700_000_000L, "subject", "first", "body", "");
    var second = new HashMap<>(first);
    second.putAll(Map.of("commit", two, "subject", "second", "parent", one, "version", "2"));
    assertThat(shell.json("log", "--json", two)).isEqualTo(List.of(second, first));
    assertThat(shell.fails("log", "nobody")).contains("no ref or commit \"nobody\"");
    assertThat(shell.fails("log", "os/amd64^^")).contains("commit " + one + " has no parent");

    assertThat(shell.ok("show", two)).contains("commit " + two, "version: '2'");
    assertThat(shell.ok("show", "--raw", two)).startsWith("({'version': <'2'>");
    assertThat(shell.ok("show", "--print-metadata-key=ostree.ref-binding", two))
        .isEqualTo("['os/amd64']\n");
    assertThat(shell.fails("show", "--print-metadata-key=no", two)).contains("no");
    assertThat(shell.fails("show", "--print-detached-metadata-key=ostree.gpgsigs", two))
        .contains("ostree.gpgsigs");
    assertThat(shell.fails("show", "nobody")).contains("no ref or commit \"nobody\"");
  }

  @Test
  void lsCatAndDiffShowWhatCommitsHold() throws Exception {
    OstreeShell shell = repository("archive");
    shell.commit(OstreeShell.tree("one"), "first");
    assertThat(shell.fails("diff", "os/amd64")).contains("has no parent");
    shell.commit(OstreeShell.tree("two"), "second");
    assertThat(shell.ok("ls", "os/amd64", "/etc"))
        .isEqualTo(
            "d00755 0 0      0 /etc\nl00777 0 0      0 /etc/link -> x\n-00644 0 0      3 /etc/x\n");
    assertThat(shell.ok("ls", "-d", "os/amd64", "/etc")).isEqualTo("d00755 0 0      0 /etc\n");
    assertThat(shell.ok("ls", "--nul-filenames-only", "-R", "os/amd64"))
        .isEqualTo("/\0/etc\0/etc/link\0/etc/x\0");
    assertThat(shell.json("ls", "--json", "os/amd64", "/etc/x"))
        .isEqualTo(
            List.of(
                Map.of(
                    "path", "/etc/x", "type", "file", "mode", "00644", "uid", 0L, "gid", 0L, "size",
                    3L)));
    assertThat(shell.fails("ls", "os/amd64", "/no")).contains("/no: not in the commit");

    assertThat(shell.raw("cat", "os/amd64", "/etc/link", "/etc/x")).isEqualTo("twotwo");
    assertThat(shell.fails("cat", "os/amd64", "/etc")).contains("/etc: not a file of the commit");
    assertThat(shell.run(2, "cat", "os/amd64")).contains("PATH");

    assertThat(shell.ok("diff", "os/amd64")).isEqualTo("M    /etc/x\n");
    assertThat(shell.json("diff", "--json", "os/amd64^", "os/amd64"))
        .isEqualTo(List.of(Map.of("kind", "modified", "path", "/etc/x")));
    assertThat(shell.fails("diff", "os/amd64", "nobody")).contains("no ref or commit \"nobody\"");
  }

  @Test
  void checkoutLaysACommitDownWhereNothingIs() throws Exception {
    OstreeShell shell = repository("bare-user");
    shell.commit(OstreeShell.tree("one"), "first");
    String out = work.resolve("out").toString();
    shell.ok("checkout", "-U", "os/amd64", out);
    assertThat(Path.of(out, "etc/x")).hasContent("one");
    assertThat(shell.fails("checkout", "-U", "os/amd64", out)).contains(out + ": is there already");
    shell.ok("checkout", "-U", "--subpath=/etc", "os/amd64", out + "2");
    assertThat(Path.of(out + "2/x")).hasContent("one");
    assertThat(shell.fails("checkout", "-U", "--subpath=/no", "os/amd64", out + "3"))
        .contains("/no");
    assertThat(Path.of(out + "3")).doesNotExist();
  }

  @Test
  void signaturesAreMadeAndVerified() throws Exception {
    OstreeShell shell = repository("archive");
    Path key = Files.writeString(work.resolve("key"), SECRET_KEY + "\n");
    shell.commit(OstreeShell.tree("one"), "first");
    assertThat(shell.fails("verify", "--public-key=" + PUBLIC_KEY, "os/amd64")).contains("commit ");
    shell.ok("sign", "--keys-file=" + key, "os/amd64");
    assertThat(shell.ok("verify", "--public-key=" + PUBLIC_KEY, "os/amd64"))
        .contains("Ed25519 signature by ");
    assertThat(shell.fails("verify", "--public-key=" + OTHER_PUBLIC_KEY, "os/amd64"))
        .contains("commit ");
    assertThat(shell.fails("verify", "os/amd64")).contains("whose signature?");
    assertThat(shell.fails("verify", "--public-key=short", "os/amd64")).contains("--public-key");
    assertThat(shell.fails("sign", "os/amd64")).contains("with what?");
    Files.writeString(key, "nonsense\n");
    assertThat(shell.fails("sign", "--keys-file=" + key, "os/amd64")).contains(key.toString());
  }

  @Test
  void theSummaryIsWrittenSignedShownAndVerified() throws Exception {
    OstreeShell shell = repository("archive");
    Path key = Files.writeString(work.resolve("key"), SECRET_KEY + "\n");
    String commit = shell.commit(OstreeShell.tree("one"), "first");
    assertThat(shell.fails("summary")).contains("there is no summary; write one with -u");
    shell.ok("summary", "-u", "--keys-file=" + key);
    assertThat(shell.ok("summary")).contains("* os/amd64", commit);
    assertThat(shell.json("summary", "--json"))
        .isEqualTo(
            List.of(Map.of("ref", "os/amd64", "commit", commit, "timestamp", 1_700_000_000L)));
    assertThat(shell.ok("verify", "--public-key=" + PUBLIC_KEY)).contains("Ed25519 signature");
    Files.write(shell.repository().resolve("summary"), new byte[] {1, 2, 3});
    assertThat(shell.fails("summary")).contains("/summary: ");
  }

  @Test
  void remotesAreAddedListedAndDeleted() throws Exception {
    OstreeShell shell = repository("archive");
    shell.ok("remote", "add", "--no-gpg-verify", "origin", "http://127.0.0.1:1/");
    assertThat(shell.ok("remote", "list")).isEqualTo("origin  http://127.0.0.1:1/\n");
    assertThat(shell.json("remote", "list", "--json"))
        .isEqualTo(Map.of("origin", "http://127.0.0.1:1/"));
    assertThat(shell.fails("remote", "add", "origin", "http://x/")).contains("is there already");
    assertThat(shell.fails("remote", "add", "../x", "http://x/")).contains("no name of a remote");
    shell.ok("remote", "delete", "origin");
    assertThat(shell.ok("remote", "list")).isEmpty();
    assertThat(shell.fails("remote", "delete", "origin")).contains("no remote \"origin\"");
  }

  @Test
  void pullCopiesFromADirectory() throws Exception {
    OstreeShell shell = repository("archive");
    String commit = shell.commit(OstreeShell.tree("one"), "first");
    OstreeShell client = OstreeShell.init(work.resolve("client"), "bare-user");
    String from = shell.repository().toString();
    assertThat(client.ok("pull", "--remote=o", from, "os/amd64"))
        .isEqualTo("4 metadata, 2 content objects fetched\n");
    assertThat(client.json("refs", "--json")).isEqualTo(Map.of("o:os/amd64", commit));
    assertThat(client.fails("pull", from, "nobody")).contains("no ref \"nobody\" on the remote");
    assertThat(client.fails("pull", from)).contains("no summary that lists its refs");
    assertThat(client.fails("pull", work + "/no", "x")).contains("not an ostree repository");
    assertThat(client.fails("pull", "origin")).contains("no remote \"origin\" with an url");
  }

  @Test
  void serveWantsAnArchive() throws Exception {
    assertThat(repository("bare-user").fails("serve", "--port=0"))
        .contains("clients pull over HTTP from archive repositories");
    assertThat(OstreeShell.init(work.resolve("a"), "archive").fails("serve", "--port=70000"))
        .contains("70000");
  }

  @Test
  void staticDeltasAreMadeListedShownAppliedAndDeleted() throws Exception {
    OstreeShell shell = repository("archive");
    String one = shell.commit(OstreeShell.tree("one"), "first");
    assertThat(shell.fails("static-delta", "generate", "--to=os/amd64"))
        .contains("say --from or --empty");
    String two = shell.commit(OstreeShell.tree("two"), "second");
    shell.ok("static-delta", "generate", "--to=os/amd64");
    shell.ok("static-delta", "generate", "--empty", "--to=" + one);
    assertThat(shell.ok("static-delta", "list"))
        .hasLineCount(2)
        .contains(one + "-" + two + "\n", one + "\n");
    String whole = new DeltaName(Optional.empty(), Digest.parse(one)).path();
    String step = new DeltaName(Optional.of(Digest.parse(one)), Digest.parse(two)).path();
    assertThat(shell.json("static-delta", "list", "--json"))
        .asInstanceOf(InstanceOfAssertFactories.LIST)
        .containsExactlyInAnyOrder(
            Map.of("to", one, "path", whole), Map.of("from", one, "to", two, "path", step));
    assertThat(shell.ok("static-delta", "show", one + "-" + two))
        .contains("From: " + one, "To: " + two, "Number of parts: 1");
    assertThat(shell.json("static-delta", "show", "--json", one + "-" + two))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("from", one)
        .containsEntry("to", two)
        .containsEntry("fallbacks", List.of())
        .extractingByKey("parts", InstanceOfAssertFactories.LIST)
        .singleElement(InstanceOfAssertFactories.MAP)
        .containsOnlyKeys("checksum", "objects", "object-size", "size");

    OstreeShell client = OstreeShell.init(work.resolve("client"), "bare-user");
    Path from = shell.repository();
    assertThat(client.fails("static-delta", "apply-offline", from.resolve(step).toString()))
        .contains("starts at commit " + one);
    client.ok("static-delta", "apply-offline", from.resolve(whole).toString());
    assertThat(client.ok("static-delta", "apply-offline", from.resolve(step) + "/superblock"))
        .isEqualTo(two + "\n");
    assertThat(client.ok("fsck")).contains("2 commits (0 partial), no problem");
    Files.writeString(from.resolve(step).resolve("superblock"), "junk");
    assertThat(client.fails("static-delta", "apply-offline", from.resolve(step).toString()))
        .contains("superblock: ");

    assertThat(shell.fails("static-delta", "show", "x")).contains("x");
    shell.ok("static-delta", "delete", one);
    assertThat(shell.fails("static-delta", "delete", one)).contains("there is no delta " + one);
  }

  @Test
  void fsckNamesDeletesAndRepairBringsBack() throws Exception {
    OstreeShell shell = repository("archive");
    String commit = shell.commit(OstreeShell.tree("one"), "first");
    OstreeShell mirror = OstreeShell.init(work.resolve("mirror"), "bare-user");
    mirror.ok("pull", shell.repository().toString(), "os/amd64");
    assertThat(shell.ok("fsck")).contains("1 commits (0 partial), no problem");
    assertThat(shell.json("fsck", "--json"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("problems", Map.of())
        .containsEntry("dead-refs", Map.of());

    Path tree = object(shell, ".dirtree");
    Files.write(tree, new byte[] {1});
    Files.writeString(shell.repository().resolve("refs/heads/junk"), "junk\n");
    assertThat(shell.finds("fsck"))
        .contains(".dirtree: its content has the checksum")
        .contains("refs/heads/junk: ref heads/junk: found \"junk\", expected a checksum")
        .contains("2 problems");
    assertThat(tree).exists();
    assertThat(shell.finds("fsck", "--json")).contains("\"heads/junk\" : \"ref heads/junk: found");
    assertThat(shell.finds("fsck", "--delete")).contains("removed ");
    assertThat(tree).doesNotExist();
    assertThat(shell.repository().resolve("state/" + commit + ".commitpartial")).exists();

    Files.delete(shell.repository().resolve("refs/heads/junk"));
    assertThat(shell.ok("repair", "--from=" + mirror.repository()))
        .contains("repaired ", "no problem");
    assertThat(shell.fails("repair", "--from=" + work.resolve("no")))
        .contains("not an ostree repository");
    assertThat(shell.run(2, "repair")).contains("--from");
  }

  @Test
  void pruneRemovesWhatNothingLeadsTo() throws Exception {
    OstreeShell shell = repository("archive");
    String one = shell.commit(OstreeShell.tree("one"), "first");
    String two = shell.commit(OstreeShell.tree("two"), "second");
    assertThat(shell.ok("prune")).contains("No unreachable objects");
    assertThat(shell.ok("prune", "--no-prune", "--refs-only", "--depth=0"))
        .contains("Would delete 4");
    assertThat(shell.fails("prune", "--delete-commit=" + two)).contains("ref os/amd64 points at");
    assertThat(shell.fails("prune", "--keep-younger-than=soon")).contains("soon");
    assertThat(shell.run(2, "prune", "--depth=deep")).contains("deep");
    assertThat(shell.ok("prune", "--refs-only", "--depth=0")).contains("Deleted 4 objects");
    assertThat(shell.fails("show", one)).contains(one + ".commit");
    assertThat(shell.ok("fsck")).contains("no problem");
  }

  @Test
  void treesLieOverEachOther() throws Exception {
    OstreeShell shell = repository("archive");
    String one = shell.commit(OstreeShell.tree("one"), "first");
    Tree more = Tree.of(t -> t.file("/etc/x", 0600, Content.utf8("over")));
    shell.commit(more, "second", "--tree=ref=" + one, "--owner-uid=5");
    assertThat(shell.ok("ls", "os/amd64", "/etc/x")).isEqualTo("-00644 5 0      3 /etc/x\n");
  }
}
