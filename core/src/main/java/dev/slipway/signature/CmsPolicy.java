// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * Which CMS signatures count.
 *
 * @param roots the certificates that are trusted: authorities, or signers themselves. Nothing that
 *     comes with a message is trusted
 * @param intermediates certificates that may stand between, beside those that come with a message
 * @param revocations when there is at least one, every certificate below a root needs a list of its
 *     issuer that is valid and does not have it
 * @param purpose what the signer's certificate must be made for
 * @param at when validity is judged
 */
public record CmsPolicy(
    List<X509Certificate> roots,
    List<X509Certificate> intermediates,
    List<X509CRL> revocations,
    Purpose purpose,
    Instant at) {

  /** What a signer's certificate must be made for. */
  public enum Purpose {
    /** Extended key usage code signing is required: RAUC's {@code check-purpose=codesign}. */
    CODE_SIGNING,

    /**
     * As OpenSSL's S/MIME purpose, which RAUC and SWUpdate take unless told otherwise: a
     * certificate that lists purposes must list e-mail protection.
     */
    EMAIL_PROTECTION,

    /** Anything that may sign at all. */
    ANY
  }

  public CmsPolicy {
    roots = List.copyOf(roots);
    intermediates = List.copyOf(intermediates);
    revocations = List.copyOf(revocations);
    Objects.requireNonNull(purpose, "purpose");
    Objects.requireNonNull(at, "at");
    if (roots.isEmpty()) {
      throw new IllegalArgumentException("without a root nothing can be trusted");
    }
  }

  /**
   * Trusts some certificates.
   *
   * @param clock what the clock says; it may be wrong
   * @param atLeast a moment that has certainly passed, such as when the running system was built:
   *     validity is never judged at an earlier time, so that a machine whose clock starts in 1970
   *     still refuses what had expired by then and accepts what was valid
   */
  public static CmsPolicy trusting(List<X509Certificate> roots, Instant clock, Instant atLeast) {
    Instant at = clock.isBefore(atLeast) ? atLeast : clock;
    return new CmsPolicy(roots, List.of(), List.of(), Purpose.EMAIL_PROTECTION, at);
  }

  public CmsPolicy withPurpose(Purpose newPurpose) {
    return new CmsPolicy(roots, intermediates, revocations, newPurpose, at);
  }

  public CmsPolicy withIntermediates(List<X509Certificate> newIntermediates) {
    return new CmsPolicy(roots, newIntermediates, revocations, purpose, at);
  }

  public CmsPolicy withRevocations(List<X509CRL> newRevocations) {
    return new CmsPolicy(roots, intermediates, newRevocations, purpose, at);
  }
}
