// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.ByteSource;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.BCPGInputStream;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.operator.PGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPContentVerifierBuilderProvider;

/**
 * One signature over one piece of data.
 *
 * <p>Only what the signature itself covers (its hashed subpackets) is believed; the issuer's id,
 * which it need not cover, merely says which keys to try.
 */
final class SignatureCheck {
  /**
   * Subpackets that we obey or that change nothing here; any other one marked critical is refused.
   */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          SignatureSubpacketTags.CREATION_TIME,
          SignatureSubpacketTags.EXPIRE_TIME,
          SignatureSubpacketTags.ISSUER_KEY_ID,
          SignatureSubpacketTags.ISSUER_FINGERPRINT,
          SignatureSubpacketTags.SIGNER_USER_ID,
          SignatureSubpacketTags.POLICY_URL);

  /** What came of it: exactly one of the two is there. */
  record Outcome(Optional<Signer> signer, String objection, boolean forged) {
    static Outcome refused(String objection) {
      return new Outcome(Optional.empty(), objection, false);
    }

    static Outcome forgery(String objection) {
      return new Outcome(Optional.empty(), objection, true);
    }

    static Outcome good(Signer signer) {
      return new Outcome(Optional.of(signer), "", false);
    }
  }

  private final PGPSignature signature;
  private final Keyring keyring;
  private final Instant at;

  private SignatureCheck(PGPSignature signature, Keyring keyring, Instant at) {
    this.signature = signature;
    this.keyring = keyring;
    this.at = at;
  }

  /** The JDK's own algorithms: they hash many times faster than others. */
  static PGPContentVerifierBuilderProvider verifiers() {
    return new JcaPGPContentVerifierBuilderProvider();
  }

  static Outcome run(byte[] packet, ByteSource data, Keyring keyring, Instant at)
      throws IOException {
    PGPSignature signature;
    try {
      signature = new PGPSignature(new BCPGInputStream(new ByteArrayInputStream(packet)));
    } catch (IOException | PGPException | RuntimeException e) {
      return Outcome.refused("it cannot be read: " + e.getMessage());
    }
    return new SignatureCheck(signature, keyring, at).run(data);
  }

  private Outcome run(ByteSource data) throws IOException {
    Optional<String> objection = ofForm();
    if (objection.isPresent()) {
      return Outcome.refused(objection.get());
    }
    Outcome last = Outcome.refused("no key " + id() + " in " + keyring.describe());
    for (Keyring.Match match : keyring.find(signature.getKeyID())) {
      last = with(match, data);
      if (last.signer().isPresent()) {
        return last;
      }
    }
    return last;
  }

  private Optional<String> ofForm() {
    int type = signature.getSignatureType();
    if (type != PGPSignature.BINARY_DOCUMENT && type != PGPSignature.CANONICAL_TEXT_DOCUMENT) {
      return Optional.of("it is no signature over data (type " + type + ")");
    }
    PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
    if (hashed == null || hashed.getSignatureCreationTime() == null) {
      return Optional.of("it does not say when it was made");
    }
    for (int tag : hashed.getCriticalTags()) {
      if (!UNDERSTOOD.contains(tag)) {
        return Optional.of("it says something that must be understood and is not: " + tag);
      }
    }
    long seconds = hashed.getSignatureExpirationTime();
    Instant end = madeAt().plusSeconds(seconds);
    if (seconds > 0 && !end.isAfter(at)) {
      return Optional.of("it expired on " + end.toString().substring(0, 10));
    }
    return HashPolicy.objection(signature.getHashAlgorithm());
  }

  private Outcome with(Keyring.Match match, ByteSource data) throws IOException {
    PGPPublicKey key = match.key();
    if (!keyring.admits(match)) {
      return Outcome.refused(
          "key " + Keyring.fingerprint(key) + " is none of the keys that are asked for");
    }
    Optional<String> weak = HashPolicy.objection(key);
    if (weak.isPresent()) {
      return Outcome.refused(weak.get() + named(match));
    }
    if (!fits(key, data)) {
      return Outcome.forgery("the data was altered, or the signature was" + named(match));
    }
    Optional<String> invalid = match.entry().history().objection(key, at);
    if (invalid.isPresent()) {
      return Outcome.refused(invalid.get() + named(match));
    }
    if (key.getCreationTime().toInstant().isAfter(madeAt())) {
      return Outcome.refused("it claims to be older than its key" + named(match));
    }
    PGPPublicKey primary = match.entry().ring().getPublicKey();
    return Outcome.good(
        new Signer(
            Keyring.fingerprint(key), Keyring.fingerprint(primary), userId(primary), madeAt()));
  }

  private boolean fits(PGPPublicKey key, ByteSource data) throws IOException {
    try {
      signature.init(verifiers(), key);
    } catch (PGPException | RuntimeException e) {
      return false;
    }
    try (InputStream in = data.open()) {
      byte[] buffer = new byte[1 << 16];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        signature.update(buffer, 0, count);
      }
    }
    try {
      return signature.verify();
    } catch (PGPException | RuntimeException e) {
      return false;
    }
  }

  private Instant madeAt() {
    return signature.getCreationTime().toInstant();
  }

  private String id() {
    return String.format(Locale.ROOT, "%016X", signature.getKeyID());
  }

  private static String named(Keyring.Match match) {
    PGPPublicKey primary = match.entry().ring().getPublicKey();
    return " (key " + Keyring.fingerprint(match.key()) + ", " + userId(primary) + ")";
  }

  private static String userId(PGPPublicKey primary) {
    var ids = primary.getUserIDs();
    return ids.hasNext() ? ids.next() : "no name";
  }
}
