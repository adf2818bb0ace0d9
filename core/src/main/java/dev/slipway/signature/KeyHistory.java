// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.bcpg.sig.RevocationReason;
import org.bouncycastle.bcpg.sig.RevocationReasonTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;

/**
 * What the owner of a primary key has said about it and its subkeys, read with the signatures that
 * prove it.
 *
 * <p>The newest statement about a key holds; so an expiry that was extended counts as extended, and
 * an instant in the past is judged by what is known now. A revocation holds from when it was made
 * if its reason is that the key was replaced or retired, and always otherwise.
 */
final class KeyHistory {
  private final PGPPublicKey primary;

  KeyHistory(PGPPublicKey primary) {
    this.primary = primary;
  }

  /**
   * Why a key must not have signed data. One thread at a time: to check one of the key's signatures
   * is to change it, and threads share a keyring.
   *
   * @param key the primary key or one of its subkeys
   * @param at the instant at which it is judged
   */
  synchronized Optional<String> objection(PGPPublicKey key, Instant at) {
    Optional<String> primaryObjection = ofPrimary(key == primary, at);
    return primaryObjection.isPresent() || key == primary ? primaryObjection : ofSubkey(key, at);
  }

  private Optional<String> ofPrimary(boolean signs, Instant at) {
    for (PGPSignature revocation : signatures(primary, PGPSignature.KEY_REVOCATION)) {
      if (revokes(revocation, at)
          && proves(revocation, () -> revocation.verifyCertification(primary))) {
        return Optional.of("its key was revoked on " + day(instant(revocation)));
      }
    }
    Optional<PGPSignature> newest = newest(ownCertifications(at));
    if (newest.isEmpty()) {
      return Optional.of("its key bears no statement of its own owner");
    }
    Optional<String> expiry = expiry(primary, newest.get(), at, "its key");
    if (expiry.isPresent()) {
      return expiry;
    }
    return signs && !maySign(newest.get())
        ? Optional.of("its key is not meant for signing")
        : Optional.empty();
  }

  private Optional<String> ofSubkey(PGPPublicKey subkey, Instant at) {
    for (PGPSignature revocation : signatures(subkey, PGPSignature.SUBKEY_REVOCATION)) {
      if (revokes(revocation, at)
          && proves(revocation, () -> revocation.verifyCertification(primary, subkey))) {
        return Optional.of("its subkey was revoked on " + day(instant(revocation)));
      }
    }
    List<PGPSignature> bindings = new ArrayList<>();
    for (PGPSignature binding : signatures(subkey, PGPSignature.SUBKEY_BINDING)) {
      if (stands(binding, at)
          && proves(binding, () -> binding.verifyCertification(primary, subkey))) {
        bindings.add(binding);
      }
    }
    Optional<PGPSignature> newest = newest(bindings);
    if (newest.isEmpty()) {
      return Optional.of("its subkey is not bound to the primary key");
    }
    if (!maySign(newest.get())) {
      return Optional.of("its subkey is not meant for signing");
    }
    if (!signsBack(newest.get(), subkey)) {
      return Optional.of("its subkey does not confirm the primary key");
    }
    return expiry(subkey, newest.get(), at, "its subkey");
  }

  /** Direct statements about the primary key and those about its names. */
  private List<PGPSignature> ownCertifications(Instant at) {
    List<PGPSignature> proven = new ArrayList<>();
    for (PGPSignature direct : signatures(primary, PGPSignature.DIRECT_KEY)) {
      if (stands(direct, at) && proves(direct, () -> direct.verifyCertification(primary))) {
        proven.add(direct);
      }
    }
    for (Iterator<byte[]> ids = primary.getRawUserIDs(); ids.hasNext(); ) {
      byte[] id = ids.next();
      for (Iterator<PGPSignature> all = primary.getSignaturesForID(id); all.hasNext(); ) {
        PGPSignature signature = all.next();
        if (signature.isCertification()
            && stands(signature, at)
            && proves(signature, () -> signature.verifyCertification(id, primary))) {
          proven.add(signature);
        }
      }
    }
    return proven;
  }

  private boolean signsBack(PGPSignature binding, PGPPublicKey subkey) {
    return embedded(binding.getHashedSubPackets(), subkey)
        || embedded(binding.getUnhashedSubPackets(), subkey);
  }

  private boolean embedded(PGPSignatureSubpacketVector subpackets, PGPPublicKey subkey) {
    if (subpackets == null) {
      return false;
    }
    try {
      PGPSignatureList signatures = subpackets.getEmbeddedSignatures();
      for (int i = 0; i < signatures.size(); i++) {
        PGPSignature back = signatures.get(i);
        if (back.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING
            && HashPolicy.fitsOwnStatement(back.getHashAlgorithm())) {
          back.init(SignatureCheck.verifiers(), subkey);
          if (back.verifyCertification(primary, subkey)) {
            return true;
          }
        }
      }
      return false;
    } catch (PGPException | RuntimeException e) {
      return false; // a statement that cannot be read proves nothing
    }
  }

  private static boolean maySign(PGPSignature statement) {
    PGPSignatureSubpacketVector hashed = statement.getHashedSubPackets();
    boolean restricted = hashed.hasSubpacket(SignatureSubpacketTags.KEY_FLAGS);
    return !restricted || (hashed.getKeyFlags() & KeyFlags.SIGN_DATA) != 0;
  }

  private static Optional<String> expiry(
      PGPPublicKey key, PGPSignature statement, Instant at, String what) {
    Instant created = key.getCreationTime().toInstant();
    if (created.isAfter(at)) {
      return Optional.of(what + " was made only on " + day(created) + "; check the clock");
    }
    long seconds = statement.getHashedSubPackets().getKeyExpirationTime();
    Instant end = created.plusSeconds(seconds);
    return seconds > 0 && !end.isAfter(at)
        ? Optional.of(what + " expired on " + day(end))
        : Optional.empty();
  }

  private static boolean revokes(PGPSignature revocation, Instant at) {
    PGPSignatureSubpacketVector hashed = revocation.getHashedSubPackets();
    RevocationReason reason = hashed == null ? null : hashed.getRevocationReason();
    boolean soft =
        reason != null
            && (reason.getRevocationReason() == RevocationReasonTags.KEY_SUPERSEDED
                || reason.getRevocationReason() == RevocationReasonTags.KEY_RETIRED);
    return !soft || !instant(revocation).isAfter(at);
  }

  private static Optional<PGPSignature> newest(List<PGPSignature> statements) {
    return statements.stream().max(Comparator.comparing(KeyHistory::instant));
  }

  private static List<PGPSignature> signatures(PGPPublicKey key, int type) {
    List<PGPSignature> found = new ArrayList<>();
    key.getSignaturesOfType(type).forEachRemaining(found::add);
    return found;
  }

  /** Whether a statement is strong enough and has not itself run out. */
  private static boolean stands(PGPSignature statement, Instant at) {
    if (!HashPolicy.fitsOwnStatement(statement.getHashAlgorithm())
        || statement.getHashedSubPackets() == null) {
      return false;
    }
    long seconds = statement.getHashedSubPackets().getSignatureExpirationTime();
    return seconds == 0 || instant(statement).plusSeconds(seconds).isAfter(at);
  }

  private interface Check {
    boolean holds() throws PGPException;
  }

  /** Whether the primary key itself made a statement that binds: others' do not interest here. */
  private boolean proves(PGPSignature signature, Check check) {
    if (signature.getKeyID() != primary.getKeyID()) {
      return false;
    }
    try {
      signature.init(SignatureCheck.verifiers(), primary);
      return check.holds();
    } catch (PGPException | RuntimeException e) {
      return false; // a statement that cannot be read proves nothing
    }
  }

  private static Instant instant(PGPSignature signature) {
    return signature.getCreationTime().toInstant();
  }

  private static String day(Instant instant) {
    return instant.toString().substring(0, 10);
  }
}
