// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1InputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.cms.SignedData;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;

/**
 * A CMS message of the one shape that is accepted: signed data over plain bytes, by one signer.
 *
 * <pre>
 * ContentInfo    id-signedData
 *   SignedData   version, digest algorithms
 *     encapsulated content   id-data, [bytes]
 *     certificates, revocation lists
 *     signer infos           exactly one
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5652">RFC 5652, section 5</a>
 */
final class CmsMessage {
  /** Nothing that is signed this way is larger: a manifest and some certificates. */
  static final int BYTES_MAX = 1 << 20;

  private final SignedData data;
  private final ContentInfo info;
  private final String source;

  private CmsMessage(ContentInfo info, SignedData data, String source) {
    this.info = info;
    this.data = data;
    this.source = source;
  }

  static CmsMessage parse(byte[] bytes, String source) throws FormatException {
    if (bytes.length > BYTES_MAX) {
      throw new FormatException(
          source + ": a CMS message of " + bytes.length + " bytes; at most 1 MiB is read");
    }
    try (var in = new ASN1InputStream(bytes)) {
      ASN1Primitive first = in.readObject();
      if (first == null) {
        throw new FormatException(source + ": the CMS message is empty");
      }
      if (in.available() > 0) {
        throw new FormatException(
            source
                + ": byte "
                + (bytes.length - in.available())
                + ": "
                + in.available()
                + " bytes follow the CMS message");
      }
      ContentInfo info = ContentInfo.getInstance(first);
      if (!CMSObjectIdentifiers.signedData.equals(info.getContentType())) {
        throw new FormatException(
            source
                + ": contentType: found "
                + info.getContentType()
                + ", expected "
                + CMSObjectIdentifiers.signedData
                + " (signed data)");
      }
      var message = new CmsMessage(info, SignedData.getInstance(info.getContent()), source);
      message.requireShape();
      return message;
    } catch (FormatException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new FormatException(source + ": this is no CMS message: " + e.getMessage(), e);
    }
  }

  private void requireShape() throws FormatException {
    ASN1ObjectIdentifier type = data.getEncapContentInfo().getContentType();
    if (!CMSObjectIdentifiers.data.equals(type)) {
      throw new FormatException(
          source
              + ": eContentType: found "
              + type
              + ", expected "
              + CMSObjectIdentifiers.data
              + " (data)");
    }
    int signers = data.getSignerInfos().size();
    if (signers != 1) {
      throw new FormatException(
          source + ": signerInfos: found " + signers + " signers, expected exactly one");
    }
  }

  /** The bytes inside the message; null when they are kept elsewhere. */
  byte[] content() throws FormatException {
    var content = data.getEncapContentInfo().getContent();
    if (content == null) {
      return null;
    }
    if (!(content instanceof ASN1OctetString octets)) {
      throw new FormatException(source + ": eContent: found no octet string");
    }
    return octets.getOctets();
  }

  /**
   * The signer, ready to be verified over the content.
   *
   * @param detached the content when it is kept elsewhere, else null
   */
  SignerInformation signer(ByteSource detached) throws FormatException {
    try {
      return signedData(detached).getSignerInfos().iterator().next();
    } catch (RuntimeException e) {
      throw new FormatException(source + ": signerInfos: " + e.getMessage(), e);
    }
  }

  private CMSSignedData signedData(ByteSource detached) throws FormatException {
    try {
      return detached == null
          ? new CMSSignedData(info)
          : new CMSSignedData(new DetachedContent(detached), info);
    } catch (CMSException e) {
      throw new FormatException(source + ": this is no CMS message: " + e.getMessage(), e);
    }
  }

  /** The certificates that came along; they are trusted only as far as a chain shows. */
  List<X509Certificate> certificates() throws FormatException {
    var found = new ArrayList<X509Certificate>();
    try {
      for (X509CertificateHolder holder : signedData(null).getCertificates().getMatches(null)) {
        found.add(Pem.certificate(holder, source));
      }
    } catch (RuntimeException e) {
      throw new FormatException(source + ": certificates: " + e.getMessage(), e);
    }
    return found;
  }
}
