// SPDX-License-Identifier: Apache-2.0
package dev.slipway.store;

import dev.slipway.digest.Digest;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A result as it lies in its file: {@code "slipway result 1\n"}, the digest of all that follows,
 * the blobs the value refers to, the key with its inputs, the value.
 */
record StoredResult(Key key, List<Digest> blobs, byte[] value) {
  private static final byte[] MAGIC = "slipway result 1\n".getBytes(StandardCharsets.US_ASCII);

  byte[] bytes() {
    byte[] keyBytes = key.bytes();
    ByteBuffer body =
        ByteBuffer.allocate(8 + blobs.size() * Digest.BYTES + keyBytes.length + value.length);
    body.putInt(blobs.size());
    blobs.forEach(blob -> body.put(blob.bytes()));
    body.putInt(keyBytes.length).put(keyBytes).put(value);
    return ByteBuffer.allocate(MAGIC.length + Digest.BYTES + body.capacity())
        .put(MAGIC)
        .put(Digest.of(body.array()).bytes())
        .put(body.array())
        .array();
  }

  static StoredResult read(Path path) throws IOException {
    return read(Files.readAllBytes(path), path.toString());
  }

  static StoredResult read(byte[] bytes, String source) throws FormatException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length < MAGIC.length + Digest.BYTES
        || !in.slice(0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
      throw new FormatException(source + ": not a result");
    }
    in.position(MAGIC.length);
    Digest expected = digest(in);
    byte[] body = new byte[in.remaining()];
    in.get(body);
    if (!Digest.of(body).equals(expected)) {
      throw new FormatException(
          source + ": digest: found " + Digest.of(body) + ", expected " + expected);
    }
    ByteBuffer rest = ByteBuffer.wrap(body);
    try {
      int count = rest.getInt();
      var blobs = new ArrayList<Digest>();
      for (int i = 0; i < count; i++) {
        blobs.add(digest(rest));
      }
      byte[] key = new byte[rest.getInt()];
      rest.get(key);
      byte[] value = new byte[rest.remaining()];
      rest.get(value);
      return new StoredResult(Key.fromBytes(key, source), List.copyOf(blobs), value);
    } catch (java.nio.BufferUnderflowException | NegativeArraySizeException e) {
      throw new FormatException(source + ": the result is malformed", e);
    }
  }

  private static Digest digest(ByteBuffer in) {
    byte[] digest = new byte[Digest.BYTES];
    in.get(digest);
    return Digest.fromBytes(digest);
  }
}
