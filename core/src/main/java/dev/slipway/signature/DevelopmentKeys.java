// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/**
 * A certificate authority and a signer for trying things out. Whoever has these files can sign
 * updates for every machine that trusts the authority, and the keys lie in them unencrypted: they
 * are no keys for machines in the field.
 *
 * @param authority the certificate that machines trust
 * @param authorityKey the authority's key, for further signers; signing updates does not need it
 * @param signer signs updates; made for code signing and S/MIME, so that RAUC and SWUpdate accept
 *     it whatever purpose they are told to check
 */
public record DevelopmentKeys(
    X509Certificate authority, PrivateKey authorityKey, SigningKey signer, PrivateKey signerKey) {

  /** Kinds of keys to make. */
  public enum Kind {
    /** 3072 bits: what every tool verifies. */
    RSA("RSA", 3072),

    /** On P-256: short and fast, and verified by RAUC and SWUpdate as well. */
    EC("EC", 256),

    /** For our own installer only: RAUC 1.8 and SWUpdate 2022.12 do not verify it. */
    ED25519("Ed25519", 255);

    private final String algorithm;
    private final int bits;

    Kind(String algorithm, int bits) {
      this.algorithm = algorithm;
      this.bits = bits;
    }
  }

  /** Old enough to be valid on machines whose clock is somewhat wrong. */
  private static final long CLOCK_SLACK_DAYS = 1;

  private static final int SERIAL_BITS = 127;

  /**
   * Makes both.
   *
   * @param name becomes part of the subjects' names
   * @param now where validity starts, less a day for clocks that are wrong
   * @param days how long both are valid
   */
  public static DevelopmentKeys create(
      Kind kind, String name, Instant now, int days, SecureRandom random) {
    if (name.isBlank() || days < 1) {
      throw new IllegalArgumentException(
          "a name and at least one day are needed: \"" + name + "\", " + days);
    }
    try {
      KeyPair authorityPair = pair(kind, random);
      KeyPair signerPair = pair(kind, random);
      var maker = new Maker(now, days, random);
      X500Principal authorityName = subject(name + " development authority");
      X509Certificate authority =
          maker.certificate(authorityName, authorityPair, authorityName, authorityPair, true);
      X509Certificate signer =
          maker.certificate(
              subject(name + " development signer"),
              signerPair,
              authorityName,
              authorityPair,
              false);
      return new DevelopmentKeys(
          authority,
          authorityPair.getPrivate(),
          SigningKey.of(signerPair.getPrivate(), List.of(signer)),
          signerPair.getPrivate());
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("making keys failed: " + e.getMessage(), e);
    }
  }

  private static KeyPair pair(Kind kind, SecureRandom random) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(kind.algorithm);
    generator.initialize(kind.bits, random);
    return generator.generateKeyPair();
  }

  private static X500Principal subject(String name) {
    return new X500Principal("CN=\"" + name.replaceAll("[\"\\\\]", "'") + "\"");
  }

  private record Maker(Instant now, int days, SecureRandom random) {
    X509Certificate certificate(
        X500Principal subject, KeyPair own, X500Principal issuer, KeyPair by, boolean authority)
        throws GeneralSecurityException, IOException {
      Instant from = now.truncatedTo(ChronoUnit.SECONDS).minus(CLOCK_SLACK_DAYS, ChronoUnit.DAYS);
      var extensions = new JcaX509ExtensionUtils();
      var builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              new BigInteger(SERIAL_BITS, random).setBit(0),
              Date.from(from),
              Date.from(now.truncatedTo(ChronoUnit.SECONDS).plus(days, ChronoUnit.DAYS)),
              subject,
              own.getPublic());
      builder
          .addExtension(Extension.basicConstraints, true, new BasicConstraints(authority))
          .addExtension(
              Extension.keyUsage,
              true,
              new KeyUsage(
                  authority ? KeyUsage.keyCertSign | KeyUsage.cRLSign : KeyUsage.digitalSignature))
          .addExtension(
              Extension.subjectKeyIdentifier,
              false,
              extensions.createSubjectKeyIdentifier(own.getPublic()))
          .addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(by.getPublic()));
      if (!authority) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(
                new KeyPurposeId[] {
                  KeyPurposeId.id_kp_codeSigning, KeyPurposeId.id_kp_emailProtection
                }));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(DeterministicSigner.of(by.getPrivate())));
    }
  }

  /** A certificate as PEM. */
  public static String pem(X509Certificate certificate) {
    return write(certificate);
  }

  /** A private key as PEM (PKCS#8), unencrypted. */
  public static String pem(PrivateKey key) {
    try {
      return write(new JcaPKCS8Generator(key, null));
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
  }

  private static String write(Object object) {
    var text = new StringWriter();
    try (var writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory does not fail", e);
    }
    return text.toString().replace("\r\n", "\n");
  }
}
