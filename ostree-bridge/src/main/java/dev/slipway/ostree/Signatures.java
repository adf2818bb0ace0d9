// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.ObjectName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** The summary, and the signatures beside it and beside commits. */
final class Signatures {
  private Signatures() {}

  static Summary writeSummary(OstreeRepository repository, Instant at) throws IOException {
    List<DeltaName> deltas = StoredDeltas.list(repository);
    DeltaSignatures.refresh(repository, deltas);
    StoredDeltas.writeIndexes(repository, deltas);
    Summary summary = Summary.of(repository, at);
    Files.deleteIfExists(summarySignatures(repository)); // of the old one
    Directories.replace(summaryFile(repository), summary.toBytes(), repository.syncs());
    return summary;
  }

  static void signSummary(OstreeRepository repository, Signing signing) throws IOException {
    byte[] signature = signing.maker().sign(Files.readAllBytes(summaryFile(repository)));
    VariantDict signed = signing.kind().add(ofSummary(repository), signature);
    Directories.replace(summarySignatures(repository), signed.toBytes(), repository.syncs());
  }

  static List<String> verifySummary(OstreeRepository repository, Verification wanted)
      throws IOException {
    byte[] summary = Files.readAllBytes(summaryFile(repository));
    return wanted.verify(summary, ofSummary(repository), "summary");
  }

  static void signCommit(OstreeRepository repository, Digest commit, Signing signing)
      throws IOException {
    byte[] signature = signing.maker().sign(repository.metadata(ObjectName.commit(commit)));
    try (Transaction transaction = repository.begin()) {
      VariantDict signed = signing.kind().add(repository.detachedMetadata(commit), signature);
      transaction.writeDetached(commit, signed.toBytes());
      transaction.commit();
    }
    DeltaSignatures.refreshUnlisted(repository, commit);
  }

  private static VariantDict ofSummary(OstreeRepository repository) throws IOException {
    Path file = summarySignatures(repository);
    return Files.exists(file)
        ? VariantDict.read(Files.readAllBytes(file), file.toString())
        : VariantDict.empty();
  }

  private static Path summaryFile(OstreeRepository repository) {
    return repository.directory().resolve(Summary.FILE);
  }

  private static Path summarySignatures(OstreeRepository repository) {
    return repository.directory().resolve(Summary.SIGNATURE_FILE);
  }
}
