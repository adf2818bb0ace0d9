// SPDX-License-Identifier: Apache-2.0
package dev.slipway.signature;

import dev.slipway.io.ByteSource;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.cms.CMSTypedData;

/** Content that is read while it is hashed, however large it is. */
record DetachedContent(ByteSource bytes) implements CMSTypedData {
  @Override
  public ASN1ObjectIdentifier getContentType() {
    return CMSObjectIdentifiers.data;
  }

  @Override
  public void write(OutputStream out) throws IOException {
    try (InputStream in = bytes.open()) {
      in.transferTo(out);
    }
  }

  @Override
  public Object getContent() {
    return bytes;
  }
}
