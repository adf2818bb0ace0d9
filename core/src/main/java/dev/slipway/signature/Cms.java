// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.digest.Digest;
import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.operator.OperatorCreationException;

/**
 * Checks CMS signatures: what RAUC, SWUpdate and {@code openssl cms} write.
 *
 * <pre>{@code
 * CmsPolicy policy = CmsPolicy.trusting(roots, clock.instant(), buildTime);
 * CmsContent manifest = Cms.verifyAttached(der, "update.raucb: signature", policy);
 * }</pre>
 *
 * <p>Messages come in one shape: signed data by exactly one signer over plain bytes. Any other is
 * refused, even if part of it would do.
 */
public final class Cms {
  private Cms() {}

  /**
   * Checks a message that holds what was signed.
   *
   * @param message DER or BER
   * @param source the message's name in error messages
   * @throws FormatException when it is no message of that shape
   * @throws UntrustedException when the signature does not count
   */
  public static CmsContent verifyAttached(byte[] message, String source, CmsPolicy policy)
      throws IOException {
    CmsMessage parsed = CmsMessage.parse(message, source);
    byte[] content = parsed.content();
    if (content == null) {
      throw new FormatException(
          source + ": eContent: missing; what was signed is not in this message");
    }
    return new CmsContent(content, verify(parsed, null, source, policy));
  }

  /**
   * Checks a message over data that is kept elsewhere, which is read once.
   *
   * @param data what should have been signed
   * @param source the message's name in error messages
   * @throws FormatException when it is no message of that shape
   * @throws UntrustedException when the signature does not count
   */
  public static CmsSigner verifyDetached(
      ByteSource data, byte[] message, String source, CmsPolicy policy) throws IOException {
    CmsMessage parsed = CmsMessage.parse(message, source);
    if (parsed.content() != null) {
      throw new FormatException(
          source
              + ": eContent: the message has contents of its own, expected a detached signature");
    }
    return verify(parsed, data, source, policy);
  }

  /**
   * Whether what a message signs is kept elsewhere.
   *
   * @throws FormatException when it is no message of the one shape
   */
  public static boolean isDetached(byte[] message, String source) throws FormatException {
    return CmsMessage.parse(message, source).content() == null;
  }

  /**
   * What a message says, whoever signed it or not: to look at, never to act on.
   *
   * @throws FormatException when it is no message of the one shape, or its contents are elsewhere
   */
  public static byte[] withoutVerifying(byte[] message, String source) throws FormatException {
    byte[] content = CmsMessage.parse(message, source).content();
    if (content == null) {
      throw new FormatException(
          source + ": eContent: missing; what was signed is not in this message");
    }
    return content;
  }

  /**
   * Signs bytes and keeps them in the message. The same key, bytes and time give the same message.
   *
   * @param signedAt what the message says; whole seconds
   * @return DER
   */
  public static byte[] signAttached(byte[] content, SigningKey key, Instant signedAt) {
    try {
      return CmsWriter.write(new CMSProcessableByteArray(content), key, signedAt, true);
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory does not fail", e);
    }
  }

  /** As {@link #signAttached}, with the content kept elsewhere; it is read once. */
  public static byte[] signDetached(ByteSource content, SigningKey key, Instant signedAt)
      throws IOException {
    return CmsWriter.write(new DetachedContent(content), key, signedAt, false);
  }

  private static CmsSigner verify(
      CmsMessage message, ByteSource detached, String source, CmsPolicy policy) throws IOException {
    SignerInformation signer = message.signer(detached);
    List<X509Certificate> sentAlong = message.certificates();
    X509Certificate certificate = certificateOf(signer, sentAlong, policy, source);
    Optional<String> objection =
        HashPolicy.cmsObjection(signer.getDigestAlgOID(), signer.getEncryptionAlgOID())
            .or(() -> Purposes.objection(certificate, policy.purpose()));
    require(objection, source);
    var outcome = new CertificateChain(policy, sentAlong).from(certificate);
    require(outcome.objection(), source);
    if (!fits(signer, certificate, source)) {
      throw new UntrustedException(
          source
              + ": the signature by \""
              + CertificateChain.name(certificate)
              + "\" does not fit what was signed; it was altered");
    }
    return new CmsSigner(
        CertificateChain.name(certificate),
        fingerprint(certificate),
        outcome.chain().stream().map(CertificateChain::name).toList(),
        signingTime(signer));
  }

  private static void require(Optional<String> objection, String source) throws UntrustedException {
    if (objection.isPresent()) {
      throw new UntrustedException(source + ": not trusted: " + objection.get());
    }
  }

  private static X509Certificate certificateOf(
      SignerInformation signer, List<X509Certificate> sentAlong, CmsPolicy policy, String source)
      throws IOException {
    for (List<X509Certificate> known : List.of(sentAlong, policy.intermediates(), policy.roots())) {
      for (X509Certificate certificate : known) {
        if (matches(signer, certificate)) {
          return certificate;
        }
      }
    }
    throw new UntrustedException(
        source
            + ": not trusted: the signer's certificate (issued by \""
            + signer.getSID().getIssuer()
            + "\", number "
            + signer.getSID().getSerialNumber()
            + ") came neither with the message nor is it known");
  }

  private static boolean matches(SignerInformation signer, X509Certificate certificate)
      throws IOException {
    try {
      return signer.getSID().match(new X509CertificateHolder(certificate.getEncoded()));
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
  }

  /** The key alone is given, because validity is judged by us and not by the message's own time. */
  private static boolean fits(SignerInformation signer, X509Certificate certificate, String source)
      throws IOException {
    try {
      return signer.verify(
          new JcaSimpleSignerInfoVerifierBuilder().build(certificate.getPublicKey()));
    } catch (CMSException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed; // the data could not be read
      }
      return false;
    } catch (OperatorCreationException | RuntimeException e) {
      throw new UntrustedException(
          source + ": not trusted: the signature cannot be checked: " + e.getMessage());
    }
  }

  private static String fingerprint(X509Certificate certificate) throws IOException {
    try {
      return Digest.of(certificate.getEncoded()).hex();
    } catch (CertificateEncodingException e) {
      throw new IOException(e);
    }
  }

  private static Optional<Instant> signingTime(SignerInformation signer) {
    if (signer.getSignedAttributes() == null) {
      return Optional.empty();
    }
    Attribute attribute = signer.getSignedAttributes().get(CMSAttributes.signingTime);
    if (attribute == null || attribute.getAttrValues().size() != 1) {
      return Optional.empty();
    }
    try {
      ASN1Encodable value = attribute.getAttributeValues()[0];
      return Optional.of(Time.getInstance(value).getDate().toInstant());
    } catch (RuntimeException e) {
      return Optional.empty(); // nothing depends on it
    }
  }
}
