// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CRLHolder;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * Reads what stands between {@code -----BEGIN} and {@code -----END} lines: certificates, revocation
 * lists and private keys, as OpenSSL writes them.
 */
public final class Pem {
  private final String source;
  private final List<Object> objects;

  private Pem(String source, List<Object> objects) {
    this.source = source;
    this.objects = objects;
  }

  /**
   * Parses a file's bytes.
   *
   * @param source the file's name in error messages
   */
  static Pem parse(byte[] bytes, String source) throws FormatException {
    var objects = new ArrayList<Object>();
    try (var parser = new PEMParser(new StringReader(new String(bytes, StandardCharsets.UTF_8)))) {
      for (Object next = parser.readObject(); next != null; next = parser.readObject()) {
        objects.add(next);
      }
    } catch (IOException | IllegalStateException e) {
      throw new FormatException(source + ": this is no PEM: " + e.getMessage(), e);
    }
    return new Pem(source, objects);
  }

  /** All certificates in a file, in order; at least one. */
  public static List<X509Certificate> certificates(byte[] bytes, String source)
      throws FormatException {
    List<X509Certificate> found = parse(bytes, source).certificates();
    if (found.isEmpty()) {
      throw new FormatException(
          source + ": no certificate in it; expected -----BEGIN CERTIFICATE-----");
    }
    return found;
  }

  /** All revocation lists in a file, in order; at least one. */
  public static List<X509CRL> revocations(byte[] bytes, String source) throws FormatException {
    var found = new ArrayList<X509CRL>();
    try {
      for (Object object : parse(bytes, source).objects) {
        if (object instanceof X509CRLHolder holder) {
          found.add(new JcaX509CRLConverter().getCRL(holder));
        }
      }
    } catch (CRLException e) {
      throw new FormatException(source + ": revocation list: " + e.getMessage(), e);
    }
    if (found.isEmpty()) {
      throw new FormatException(
          source + ": no revocation list in it; expected -----BEGIN X509 CRL-----");
    }
    return found;
  }

  List<X509Certificate> certificates() throws FormatException {
    var found = new ArrayList<X509Certificate>();
    for (Object object : objects) {
      if (object instanceof X509CertificateHolder holder) {
        found.add(certificate(holder, source));
      }
    }
    return found;
  }

  static X509Certificate certificate(X509CertificateHolder holder, String source)
      throws FormatException {
    try {
      return new JcaX509CertificateConverter().getCertificate(holder);
    } catch (CertificateException e) {
      throw new FormatException(source + ": certificate: " + e.getMessage(), e);
    }
  }

  PrivateKey privateKey() throws FormatException {
    var converter = new JcaPEMKeyConverter();
    for (Object object : objects) {
      if (object instanceof PEMEncryptedKeyPair || object instanceof PKCS8EncryptedPrivateKeyInfo) {
        throw new FormatException(
            source + ": the key is encrypted; decrypt it with openssl pkey -in FILE -out FILE");
      }
      try {
        if (object instanceof PrivateKeyInfo key) {
          return converter.getPrivateKey(key);
        }
        if (object instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
      } catch (IOException e) {
        throw new FormatException(source + ": private key: " + e.getMessage(), e);
      }
    }
    throw new FormatException(
        source + ": no private key in it; expected -----BEGIN PRIVATE KEY-----");
  }
}
