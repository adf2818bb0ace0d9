// SPDX-License-Identifier: Apache-2.0
package dev.slipway.apt;

import dev.slipway.fetch.Sink;
import dev.slipway.store.Blob;
import dev.slipway.store.BlobWriter;
import dev.slipway.store.Store;
import java.io.IOException;

/** Lets fetched bytes become a blob of the store. */
final class StoreSink implements Sink<Blob> {
  private final Store store;
  private final String label;

  StoreSink(Store store, String label) {
    this.store = store;
    this.label = label;
  }

  @Override
  public Draft<Blob> begin() throws IOException {
    BlobWriter writer = store.newBlob(label);
    return new Draft<>() {
      @Override
      public void write(int b) throws IOException {
        writer.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        writer.write(bytes, offset, length);
      }

      @Override
      public Blob commit() throws IOException {
        return writer.commit();
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }
}
