// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import static org.assertj.core.api.Assertions.assertThat;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Progress;
import dev.slipway.signature.Ed25519SecretKey;
import dev.slipway.testing.RequiresTool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signatures of commits within the static deltas that lead to them. */
class DeltaSignaturesTest {
  private static final Instant NOW = Instant.ofEpochSecond(1_800_000_000L);

  /** RFC 8032, 7.1, tests 1 and 2: seed and public key. */
  private static final String FIRST_KEY =
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
          + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  private static final String SECOND_KEY =
      "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
          + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";

  @TempDir Path work;

  private OstreeRepository repository;
  private DeltaName name;

  @BeforeEach
  void twoCommits() throws Exception {
    repository = Repositories.init(work.resolve("repo"), RepositoryMode.ARCHIVE);
    Digest from = Repositories.commit(repository, "a", "one");
    name = new DeltaName(Optional.of(from), Repositories.commit(repository, "a", "two"));
  }

  private void sign(String hex) throws Exception {
    String key = Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hex));
    repository.signCommit(name.to(), Signing.with(Ed25519SecretKey.parse(key, "key")));
  }

  private Path make() throws Exception {
    return StaticDelta.make(repository, name, DeltaOptions.threads(1), Progress.none());
  }

  private Optional<VariantDict> inDelta() throws Exception {
    Path delta = repository.directory().resolve(name.path());
    return StaticDelta.superblock(delta, DeltaLimits.DEFAULT).detached();
  }

  private int signatures(Optional<VariantDict> metadata) {
    return SignatureKind.ED25519.in(metadata.orElseGet(VariantDict::empty)).size();
  }

  @Test
  @RequiresTool(value = "ostree", in = "ostree")
  void aDeltaHoldsWhatOstreePutsIntoIt() throws Exception {
    make();
    assertThat(inDelta()).isEmpty();
    sign(FIRST_KEY);
    byte[] stored = repository.detachedMetadata(name.to()).toBytes();
    make();
    assertThat(inDelta().orElseThrow().toBytes()).isEqualTo(stored);
    Repositories.ostree(
        repository,
        "static-delta",
        "generate",
        "--from=" + name.from().orElseThrow(),
        "--to=" + name.to());
    assertThat(inDelta().orElseThrow().toBytes()).isEqualTo(stored);
  }

  @Test
  void aDeltaThatNothingListsFollowsEverySignature() throws Exception {
    make();
    sign(FIRST_KEY);
    assertThat(signatures(inDelta())).isOne();
    sign(SECOND_KEY);
    assertThat(signatures(inDelta())).isEqualTo(2);
  }

  @Test
  void aListedDeltaIsRenewedTogetherWithItsList() throws Exception {
    Path superblock = make().resolve(DeltaSuperblock.FILE);
    repository.writeSummary(NOW);
    byte[] listed = Files.readAllBytes(superblock);
    sign(FIRST_KEY);
    assertThat(superblock).hasBinaryContent(listed);
    Summary summary = repository.writeSummary(NOW);
    assertThat(signatures(inDelta())).isOne();
    assertThat(summary.superblock(name))
        .contains(Optional.of(Digest.of(Files.readAllBytes(superblock))));
    byte[] renewed = Files.readAllBytes(superblock);
    repository.writeSummary(NOW);
    assertThat(superblock).hasBinaryContent(renewed);
  }

  @Test
  void aDeltaListedByItsIndexAloneWaitsForTheSummaryToo() throws Exception {
    repository =
        repository.withConfig(repository.config().with("core", "no-deltas-in-summary", "true"));
    Path superblock = make().resolve(DeltaSuperblock.FILE);
    repository.writeSummary(NOW);
    byte[] listed = Files.readAllBytes(superblock);
    sign(FIRST_KEY);
    assertThat(superblock).hasBinaryContent(listed);
    repository.writeSummary(NOW);
    assertThat(signatures(inDelta())).isOne();
  }

  @Test
  void aSuperblockThatNobodyCanReadKeepsNobodyFromWritingTheSummary() throws Exception {
    Path superblock = make().resolve(DeltaSuperblock.FILE);
    Files.writeString(superblock, "OSTSGNDT, or worse");
    sign(FIRST_KEY);
    repository.writeSummary(NOW);
    assertThat(superblock).hasContent("OSTSGNDT, or worse");
  }

  @Test
  void signaturesThatAreLostOrDamagedBesideTheCommitStayInItsDelta() throws Exception {
    sign(FIRST_KEY);
    make();
    Path beside = repository.file(ObjectName.commitMeta(name.to()));
    Files.writeString(beside, "junk");
    repository.writeSummary(NOW);
    assertThat(signatures(inDelta())).isOne();

    Files.delete(beside);
    repository.writeSummary(NOW);
    assertThat(signatures(inDelta())).isOne();
  }

  @Test
  void anOldDeltaTakesNoSignatureAwayWhereItIsApplied() throws Exception {
    sign(FIRST_KEY);
    Path delta = make();
    Path old = work.resolve("old");
    Repositories.copy(delta, old);
    sign(SECOND_KEY);
    StaticDelta.apply(repository, old, DeltaLimits.DEFAULT, Progress.none());
    assertThat(SignatureKind.ED25519.in(repository.detachedMetadata(name.to()))).hasSize(2);

    OstreeRepository client = Repositories.init(work.resolve("client"), RepositoryMode.BARE_USER);
    client.pullLocal(
        "o",
        repository,
        PullOptions.of(java.util.List.of(name.from().orElseThrow().hex())),
        1,
        Progress.none());
    StaticDelta.apply(client, delta, DeltaLimits.DEFAULT, Progress.none());
    assertThat(client.detachedMetadata(name.to()))
        .isEqualTo(repository.detachedMetadata(name.to()));
  }
}
