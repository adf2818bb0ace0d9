// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.fetch.Request;
import dev.slipway.fetch.Validator;
import dev.slipway.store.Key;
import dev.slipway.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/**
 * A suite's signed Release file as it was last seen at an address, kept in the store: so that the
 * server need not send it again, and that work goes on without a network. Its signature is checked
 * each time.
 *
 * @param document {@code InRelease}, or {@code Release} when there is a signature
 * @param signature {@code Release.gpg}, empty for {@code InRelease}
 * @param inline whether the document holds its signature
 */
record RememberedRelease(
    byte[] document, byte[] signature, boolean inline, Optional<Validator> validator) {

  /** The address goes into the store without its password. */
  private static Key key(URI suite) {
    return Key.of("apt-release", 1).with("address", Request.of(suite).shown());
  }

  static Optional<RememberedRelease> find(Store store, URI suite) throws IOException {
    Optional<byte[]> bytes = store.result(key(suite));
    return bytes.isEmpty() ? Optional.empty() : fromBytes(bytes.get());
  }

  void keep(Store store, URI suite) throws IOException {
    store.putResult(key(suite), bytes());
  }

  private byte[] bytes() throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytes)) {
      out.writeBoolean(inline);
      out.writeUTF(validator.flatMap(Validator::entityTag).orElse(""));
      out.writeUTF(validator.flatMap(Validator::lastModified).orElse(""));
      out.writeInt(document.length);
      out.write(document);
      out.writeInt(signature.length);
      out.write(signature);
    }
    return bytes.toByteArray();
  }

  /** What cannot be read was never seen. */
  private static Optional<RememberedRelease> fromBytes(byte[] bytes) {
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      boolean inline = in.readBoolean();
      var validator = new Validator(text(in.readUTF()), text(in.readUTF()));
      boolean none = validator.entityTag().isEmpty() && validator.lastModified().isEmpty();
      byte[] document = in.readNBytes(in.readInt());
      byte[] signature = in.readNBytes(in.readInt());
      return Optional.of(
          new RememberedRelease(
              document, signature, inline, none ? Optional.empty() : Optional.of(validator)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> text(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }
}
