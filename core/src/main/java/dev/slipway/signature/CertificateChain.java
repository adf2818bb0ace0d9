// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The way from a signer's certificate to a trusted root.
 *
 * <p>We find the way and say in plain words what is wrong with it (validity, strength, revocation);
 * that it is right by RFC 5280, names and constraints and critical extensions included, is left to
 * the JDK's validator, which has the last word.
 */
final class CertificateChain {
  private static final int LENGTH_MAX = 8;

  private final CmsPolicy policy;
  private final List<X509Certificate> known = new ArrayList<>();

  CertificateChain(CmsPolicy policy, List<X509Certificate> sentAlong) {
    this.policy = policy;
    known.addAll(policy.intermediates());
    known.addAll(sentAlong);
  }

  /** A chain that is trusted, or why there is none. */
  record Outcome(List<X509Certificate> chain, Optional<String> objection) {
    static Outcome refused(String objection) {
      return new Outcome(List.of(), Optional.of(objection));
    }
  }

  /** Goes from a certificate to a root; the chain has both at its ends, or is the root alone. */
  Outcome from(X509Certificate signer) {
    var chain = new ArrayList<>(List.of(signer));
    while (!policy.roots().contains(last(chain))) {
      Optional<X509Certificate> issuer = issuerOf(last(chain));
      if (issuer.isEmpty()) {
        return Outcome.refused(
            "nobody who is trusted vouches for \""
                + name(last(chain))
                + "\", issued by \""
                + last(chain).getIssuerX500Principal()
                + "\"");
      }
      if (chain.contains(issuer.get()) || chain.size() == LENGTH_MAX) {
        return Outcome.refused(
            "the certificates above \"" + name(signer) + "\" lead in circles or too far");
      }
      chain.add(issuer.get());
    }
    Optional<String> objection = objection(chain);
    return new Outcome(objection.isPresent() ? List.of() : List.copyOf(chain), objection);
  }

  private static X509Certificate last(List<X509Certificate> chain) {
    return chain.get(chain.size() - 1);
  }

  /** A root is taken before what came along, so that nobody can lead the way past it. */
  private Optional<X509Certificate> issuerOf(X509Certificate certificate) {
    var candidates = new ArrayList<>(policy.roots());
    candidates.addAll(known);
    for (X509Certificate candidate : candidates) {
      if (candidate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && !candidate.equals(certificate)
          && isSignedBy(certificate, candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private Optional<String> objection(List<X509Certificate> chain) {
    for (int i = 0; i < chain.size(); i++) {
      X509Certificate certificate = chain.get(i);
      boolean root = i == chain.size() - 1;
      Optional<String> objection = validity(certificate);
      objection =
          objection.or(() -> HashPolicy.objection(certificate.getPublicKey(), name(certificate)));
      if (!root) {
        objection = objection.or(() -> HashPolicy.signatureObjection(certificate));
        X509Certificate issuer = chain.get(i + 1);
        objection = objection.or(() -> Revocation.objection(policy, certificate, issuer));
      }
      if (objection.isPresent()) {
        return objection;
      }
    }
    return byTheJdk(chain);
  }

  private Optional<String> validity(X509Certificate certificate) {
    Instant from = certificate.getNotBefore().toInstant();
    Instant to = certificate.getNotAfter().toInstant();
    if (policy.at().isBefore(from)) {
      return Optional.of(
          "\"" + name(certificate) + "\" is valid from " + from + " on, now is " + policy.at());
    }
    if (policy.at().isAfter(to)) {
      return Optional.of(
          "\"" + name(certificate) + "\" expired at " + to + ", now is " + policy.at());
    }
    return Optional.empty();
  }

  private Optional<String> byTheJdk(List<X509Certificate> chain) {
    X509Certificate root = last(chain);
    List<X509Certificate> below = chain.subList(0, chain.size() - 1);
    if (below.isEmpty()) {
      return Optional.empty(); // the signer itself is pinned
    }
    try {
      CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(below);
      var parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setDate(Date.from(policy.at()));
      parameters.setRevocationEnabled(false); // done above
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
      if (root.getBasicConstraints() < 0) {
        return Optional.of("\"" + name(root) + "\" is no certificate authority");
      }
      return Optional.empty();
    } catch (CertPathValidatorException e) {
      String at = e.getIndex() < 0 ? "" : "\"" + name(below.get(e.getIndex())) + "\": ";
      return Optional.of(at + e.getMessage());
    } catch (CertificateException | InvalidAlgorithmParameterException e) {
      return Optional.of(e.getMessage());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform validates certificates", e);
    }
  }

  static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().toString();
  }
}
