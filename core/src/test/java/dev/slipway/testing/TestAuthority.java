// SPDX-License-Identifier: Apache-2.0
package dev.slipway.testing;

import dev.slipway.signature.SigningKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests: it issues certificates of all kinds, good and odd. */
public final class TestAuthority {
  /** When everything here was made. */
  public static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  /** Valid for a hundred days on each side of {@link #TIME}. */
  public static final Duration VALID = Duration.ofDays(100);

  private static final AtomicLong SERIALS = new AtomicLong(1);

  private final KeyPair keys;
  private final X509Certificate certificate;
  private final List<X509Certificate> below = new ArrayList<>();

  private TestAuthority(KeyPair keys, X509Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  /** What may be odd about a certificate. */
  public record Shape(
      String algorithm,
      int bits,
      String signature,
      Instant from,
      Instant to,
      List<KeyPurposeId> purposes,
      boolean authority) {
    /** A signer with an EC key, for no purpose in particular. */
    public static Shape plain() {
      return new Shape(
          "EC", 256, "SHA256with", TIME.minus(VALID), TIME.plus(VALID), List.of(), false);
    }

    public Shape with(KeyPurposeId... newPurposes) {
      return new Shape(algorithm, bits, signature, from, to, List.of(newPurposes), authority);
    }

    public Shape withKey(String newAlgorithm, int newBits) {
      return new Shape(newAlgorithm, newBits, signature, from, to, purposes, authority);
    }

    public Shape withSignature(String newSignature) {
      return new Shape(algorithm, bits, newSignature, from, to, purposes, authority);
    }

    public Shape valid(Instant newFrom, Instant newTo) {
      return new Shape(algorithm, bits, signature, newFrom, newTo, purposes, authority);
    }

    Shape asAuthority() {
      return new Shape(algorithm, bits, signature, from, to, purposes, true);
    }
  }

  /** A root of its own. */
  public static TestAuthority root(String name, Shape shape) throws GeneralSecurityException {
    KeyPair keys = pair(shape);
    return new TestAuthority(keys, issue(name, keys, name, keys.getPrivate(), shape.asAuthority()));
  }

  /** An EC root. */
  public static TestAuthority root(String name) throws GeneralSecurityException {
    return root(name, Shape.plain());
  }

  /** An authority below this one. */
  public TestAuthority intermediate(String name) throws GeneralSecurityException {
    return below(name, Shape.plain().asAuthority());
  }

  /** Somebody who issues certificates below this one without being an authority. */
  public TestAuthority impostor(String name) throws GeneralSecurityException {
    return below(name, Shape.plain());
  }

  private TestAuthority below(String name, Shape shape) throws GeneralSecurityException {
    KeyPair keys = pair(shape);
    var made = new TestAuthority(keys, issue(name, keys, subject(), this.keys.getPrivate(), shape));
    made.below.add(made.certificate);
    made.below.addAll(below);
    return made;
  }

  /** A signer, with the authorities between it and the root to be sent along. */
  public SigningKey signer(String name, Shape shape) throws GeneralSecurityException {
    KeyPair own = pair(shape);
    var chain = new ArrayList<X509Certificate>();
    chain.add(issue(name, own, subject(), keys.getPrivate(), shape));
    chain.addAll(below);
    return SigningKey.of(own.getPrivate(), chain);
  }

  /** A list of what was taken back. */
  public X509CRL revoking(Instant from, Instant to, X509Certificate... revoked)
      throws GeneralSecurityException {
    var builder = new JcaX509v2CRLBuilder(certificate.getSubjectX500Principal(), Date.from(from));
    builder.setNextUpdate(Date.from(to));
    for (X509Certificate each : revoked) {
      builder.addCRLEntry(each.getSerialNumber(), Date.from(from), CRLReason.keyCompromise);
    }
    try {
      return new JcaX509CRLConverter()
          .getCRL(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
    } catch (OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public PrivateKey key() {
    return keys.getPrivate();
  }

  private String subject() {
    return certificate.getSubjectX500Principal().getName().substring(3);
  }

  private static KeyPair pair(Shape shape) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(shape.algorithm());
    generator.initialize(shape.bits());
    return generator.generateKeyPair();
  }

  private static X509Certificate issue(
      String name, KeyPair own, String issuer, PrivateKey by, Shape shape)
      throws GeneralSecurityException {
    try {
      var builder =
          new JcaX509v3CertificateBuilder(
              new X500Principal("CN=" + issuer),
              BigInteger.valueOf(SERIALS.getAndIncrement()),
              Date.from(shape.from()),
              Date.from(shape.to()),
              new X500Principal("CN=" + name),
              own.getPublic());
      if (shape.authority()) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      }
      if (!shape.purposes().isEmpty()) {
        builder.addExtension(
            Extension.extendedKeyUsage,
            false,
            new ExtendedKeyUsage(shape.purposes().toArray(new KeyPurposeId[0])));
      }
      String algorithm =
          switch (by.getAlgorithm()) {
            case "EC" -> shape.signature() + "ECDSA";
            case "RSA" -> shape.signature() + "RSA";
            default -> "Ed25519";
          };
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(new JcaContentSignerBuilder(algorithm).build(by)));
    } catch (CertIOException | OperatorCreationException e) {
      throw new GeneralSecurityException(e);
    }
  }
}
