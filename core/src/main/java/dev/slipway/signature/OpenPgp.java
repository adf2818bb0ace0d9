// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.ByteSource;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks OpenPGP signatures against trusted keys.
 *
 * <pre>{@code
 * SignedText release = OpenPgp.trusting(keyring, clock.instant()).verifyInline(bytes, "InRelease");
 * }</pre>
 *
 * <p>Several signatures may stand together. One that counts is enough, and signatures by unknown
 * keys do no harm; but one that a trusted key is said to have made and that does not fit the data
 * refuses it all, as gpgv and apt do.
 */
public final class OpenPgp {
  private static final int LIMIT_SIGNATURES = 64;

  private final Keyring keyring;
  private final Instant at;

  private OpenPgp(Keyring keyring, Instant at) {
    this.keyring = keyring;
    this.at = at;
  }

  /**
   * Trusts keys as they stand at an instant.
   *
   * @param at the instant at which expiry and revocation are judged; usually now
   */
  public static OpenPgp trusting(Keyring keyring, Instant at) {
    return new OpenPgp(keyring, at);
  }

  /**
   * Checks a text with its signature below it, such as {@code InRelease}.
   *
   * @param source the document's name in error messages
   * @return the signed text alone
   * @throws FormatException if it is no signed text, or holds anything beside one
   * @throws UntrustedException if no signature counts
   */
  public SignedText verifyInline(byte[] document, String source) throws IOException {
    CleartextMessage message = CleartextMessage.parse(document, source);
    List<Signer> signers =
        verify(ByteSource.bytes(message.signedBytes()), message.signatures(), source);
    return new SignedText(message.text(), signers);
  }

  /**
   * The text of a signed document, whoever signed it or not: for those who trust it for other
   * reasons.
   *
   * @throws FormatException if it is no signed text, or holds anything beside one
   */
  public static byte[] withoutVerifying(byte[] document, String source) throws FormatException {
    return CleartextMessage.parse(document, source).text();
  }

  /**
   * Checks a signature that is kept in a file of its own, such as {@code Release.gpg}.
   *
   * @param signature binary or armoured
   * @param source the data's name in error messages
   * @return those whose signatures count, at least one
   * @throws FormatException if the signature is none
   * @throws UntrustedException if no signature counts
   */
  public List<Signer> verifyDetached(ByteSource data, byte[] signature, String source)
      throws IOException {
    String name = source + ": its signature";
    byte[] binary = signature;
    if (signature.length == 0 || (signature[0] & 0b1000_0000) == 0) {
      binary = Armor.read(name, CleartextMessage.lines(signature), 0, Armor.SIGNATURE);
    }
    return verify(data, binary, source);
  }

  private List<Signer> verify(ByteSource data, byte[] signatures, String source)
      throws IOException {
    var good = new ArrayList<Signer>();
    var objections = new ArrayList<String>();
    boolean forged = false;
    for (byte[] packet : signaturePackets(signatures, source)) {
      SignatureCheck.Outcome outcome = SignatureCheck.run(packet, data, keyring, at);
      outcome.signer().ifPresentOrElse(good::add, () -> objections.add(outcome.objection()));
      forged |= outcome.forged();
    }
    if (good.isEmpty() || forged) {
      throw new UntrustedException(complaint(source, objections));
    }
    return List.copyOf(good);
  }

  private static List<byte[]> signaturePackets(byte[] signatures, String source)
      throws FormatException {
    var packets = new ArrayList<byte[]>();
    for (Packets.Packet packet : Packets.split(signatures, source + ": its signature")) {
      if (packet.tag() == Packets.SIGNATURE) {
        packets.add(packet.bytes());
      } else if (packet.tag() != Packets.MARKER && packet.tag() != Packets.PADDING) {
        throw new FormatException(
            source
                + ": its signature: byte "
                + packet.offset()
                + ": expected a signature, found a packet of type "
                + packet.tag());
      }
    }
    if (packets.size() > LIMIT_SIGNATURES) {
      throw new FormatException(source + ": " + packets.size() + " signatures are too many");
    }
    return packets;
  }

  private static String complaint(String source, List<String> objections) {
    if (objections.isEmpty()) {
      return source + ": holds no signature";
    }
    if (objections.size() == 1) {
      return source + ": its signature does not count: " + objections.get(0);
    }
    var text = new StringBuilder(source + ": its signatures do not count:");
    for (int i = 0; i < objections.size(); i++) {
      text.append(i == 0 ? " " : "; ").append(i + 1).append(": ").append(objections.get(i));
    }
    return text.toString();
  }
}
