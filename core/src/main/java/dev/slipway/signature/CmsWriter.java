// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.io.IOException;
import java.io.OutputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Date;
import java.util.Hashtable;
import java.util.Locale;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.cms.Attribute;
import org.bouncycastle.asn1.cms.AttributeTable;
import org.bouncycastle.asn1.cms.CMSAttributes;
import org.bouncycastle.asn1.cms.Time;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.CMSTypedData;
import org.bouncycastle.cms.DefaultSignedAttributeTableGenerator;
import org.bouncycastle.cms.SignerInfoGenerator;
import org.bouncycastle.cms.SignerInfoGeneratorBuilder;
import org.bouncycastle.operator.DigestCalculator;
import org.bouncycastle.operator.OperatorCreationException;

/** Makes CMS messages whose bytes depend on nothing but the key, the content and the given time. */
final class CmsWriter {
  private CmsWriter() {}

  static byte[] write(CMSTypedData content, SigningKey key, Instant signedAt, boolean attached)
      throws IOException {
    try {
      var generator = new CMSSignedDataGenerator();
      generator.addSignerInfoGenerator(signer(key, signedAt));
      generator.addCertificates(new JcaCertStore(key.certificates()));
      return generator.generate(content, attached).toASN1Structure().getEncoded(ASN1Encoding.DER);
    } catch (CMSException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed; // the content could not be read
      }
      throw new IllegalStateException("signing failed: " + e.getMessage(), e);
    } catch (OperatorCreationException | GeneralSecurityException e) {
      throw new IllegalStateException("signing failed: " + e.getMessage(), e);
    }
  }

  private static SignerInfoGenerator signer(SigningKey key, Instant signedAt)
      throws OperatorCreationException, GeneralSecurityException {
    var attributes = new Hashtable<Object, Object>();
    attributes.put(
        CMSAttributes.signingTime,
        new Attribute(
            CMSAttributes.signingTime,
            new DERSet(
                new Time(
                    Date.from(Instant.ofEpochSecond(signedAt.getEpochSecond())), Locale.ROOT))));
    return new SignerInfoGeneratorBuilder(algorithm -> new JdkDigest(algorithm, key.kind()))
        .setSignedAttributeGenerator(
            new DefaultSignedAttributeTableGenerator(new AttributeTable(attributes)))
        .setContentDigest(key.kind().digestAlgorithm())
        .build(key.signer(), new JcaX509CertificateHolder(key.certificate()));
  }

  /** The JDK's engine, which is many times faster than others. */
  private static final class JdkDigest implements DigestCalculator {
    private final AlgorithmIdentifier algorithm;
    private final MessageDigest digest;

    JdkDigest(AlgorithmIdentifier algorithm, KeyKind kind) throws OperatorCreationException {
      this.algorithm = algorithm;
      try {
        this.digest = MessageDigest.getInstance(kind.digestName());
      } catch (GeneralSecurityException e) {
        throw new OperatorCreationException(kind.digestName(), e);
      }
    }

    @Override
    public AlgorithmIdentifier getAlgorithmIdentifier() {
      return algorithm;
    }

    @Override
    public OutputStream getOutputStream() {
      return new OutputStream() {
        @Override
        public void write(int b) {
          digest.update((byte) b);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
          digest.update(bytes, offset, length);
        }
      };
    }

    @Override
    public byte[] getDigest() {
      return digest.digest();
    }
  }
}
