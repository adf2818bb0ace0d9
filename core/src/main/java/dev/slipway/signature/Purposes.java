// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.signature.CmsPolicy.Purpose;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** What a signer's certificate is made for. */
final class Purposes {
  private static final String ANY = "2.5.29.37.0";
  private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";
  private static final String EMAIL_PROTECTION = "1.3.6.1.5.5.7.3.4";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int NON_REPUDIATION = 1;

  private Purposes() {}

  static Optional<String> objection(X509Certificate signer, Purpose purpose) {
    String name = "\"" + CertificateChain.name(signer) + "\"";
    boolean[] usage = signer.getKeyUsage();
    if (usage != null && !usage[DIGITAL_SIGNATURE] && !usage[NON_REPUDIATION]) {
      return Optional.of(name + " is not made for signing (key usage)");
    }
    List<String> purposes;
    try {
      purposes = signer.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      return Optional.of(name + ": extended key usage: " + e.getMessage());
    }
    return switch (purpose) {
      case ANY -> Optional.empty();
      case CODE_SIGNING ->
          purposes != null && purposes.contains(CODE_SIGNING)
              ? Optional.empty()
              : Optional.of(
                  name + " is not made for signing code (extended key usage " + list(purposes));
      case EMAIL_PROTECTION ->
          purposes == null || purposes.contains(EMAIL_PROTECTION) || purposes.contains(ANY)
              ? Optional.empty()
              : Optional.of(name + " is not made for S/MIME (extended key usage " + list(purposes));
    };
  }

  private static String list(List<String> purposes) {
    return (purposes == null ? "missing" : String.join(", ", purposes)) + ")";
  }
}
