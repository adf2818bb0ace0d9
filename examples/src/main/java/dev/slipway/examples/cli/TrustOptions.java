// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.signature.CmsPolicy;
import dev.slipway.signature.CmsPolicy.Purpose;
import dev.slipway.signature.Pem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import picocli.CommandLine.Option;

/** Whom to trust, for commands that open bundles. */
final class TrustOptions {
  @Option(
      names = "--keyring",
      paramLabel = "FILE",
      description = "The certificates that are trusted, PEM.")
  Path keyring;

  @Option(names = "--crl", paramLabel = "FILE", description = "Revocation lists, PEM.")
  Path revocations;

  @Option(
      names = "--purpose",
      defaultValue = "EMAIL_PROTECTION",
      description =
          "What the signer's certificate must be made for: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, as RAUC's.")
  Purpose purpose;

  @Option(
      names = "--at",
      paramLabel = "TIME",
      description = "Judge validity at this time instead of now.")
  Instant at;

  boolean given() {
    return keyring != null;
  }

  CmsPolicy policy() throws IOException {
    return policy(Instant.MIN);
  }

  /**
   * Whom to trust, and when.
   *
   * @param past a moment that has certainly passed, for machines whose clock is wrong
   */
  CmsPolicy policy(Instant past) throws IOException {
    if (keyring == null) {
      throw new IllegalArgumentException(
          "--keyring is needed: without it nobody is trusted, and nothing can be verified");
    }
    CmsPolicy policy =
        CmsPolicy.trusting(
                Pem.certificates(Files.readAllBytes(keyring), keyring.toString()),
                at == null ? Instant.now() : at,
                at == null ? past : at)
            .withPurpose(purpose);
    return revocations == null
        ? policy
        : policy.withRevocations(
            Pem.revocations(Files.readAllBytes(revocations), revocations.toString()));
  }
}
