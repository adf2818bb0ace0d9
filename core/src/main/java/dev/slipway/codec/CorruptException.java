// SPDX-License-Identifier: Apache-2.0
package dev.slipway.codec;

import java.io.IOException;

/** What our own decoders say about their input, before {@link DecoderStream} adds its name. */
final class CorruptException extends IOException {
  private static final long serialVersionUID = 1L;

  CorruptException(String message) {
    super(message);
  }
}
