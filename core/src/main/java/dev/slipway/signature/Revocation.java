// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.security.GeneralSecurityException;
import java.security.cert.X509CRL;
import java.security.cert.X509CRLEntry;
import java.security.cert.X509Certificate;
import java.util.Optional;

/** Whether an issuer has taken a certificate back. */
final class Revocation {
  private Revocation() {}

  static Optional<String> objection(
      CmsPolicy policy, X509Certificate certificate, X509Certificate issuer) {
    if (policy.revocations().isEmpty()) {
      return Optional.empty();
    }
    String name = "\"" + CertificateChain.name(certificate) + "\"";
    boolean any = false;
    for (X509CRL list : policy.revocations()) {
      if (!isOf(list, issuer)) {
        continue;
      }
      any = true;
      X509CRLEntry entry = list.getRevokedCertificate(certificate);
      if (entry != null) {
        return Optional.of(name + " was revoked at " + entry.getRevocationDate().toInstant());
      }
      if (list.hasUnsupportedCriticalExtension()) {
        return Optional.of(
            "the revocation list of " + of(issuer) + " says something that must be understood");
      }
      if (policy.at().isBefore(list.getThisUpdate().toInstant())
          || (list.getNextUpdate() != null
              && policy.at().isAfter(list.getNextUpdate().toInstant()))) {
        return Optional.of(
            "the revocation list of "
                + of(issuer)
                + " is valid from "
                + list.getThisUpdate().toInstant()
                + (list.getNextUpdate() == null ? " on" : " to " + list.getNextUpdate().toInstant())
                + ", now is "
                + policy.at());
      }
    }
    return any
        ? Optional.empty()
        : Optional.of("there is no revocation list of " + of(issuer) + ", which issued " + name);
  }

  private static String of(X509Certificate issuer) {
    return "\"" + CertificateChain.name(issuer) + "\"";
  }

  private static boolean isOf(X509CRL list, X509Certificate issuer) {
    if (!list.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      list.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false; // somebody else of the same name
    }
  }
}
