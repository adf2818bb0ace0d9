// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import java.util.ArrayList;
import java.util.List;

/** The kinds of signatures on commits and summaries, all beside what they sign. */
public enum SignatureKind {
  OPENPGP("ostree.gpgsigs"),
  ED25519("ostree.sign.ed25519");

  private final String key;

  SignatureKind(String key) {
    this.key = key;
  }

  /** The signatures of this kind in detached metadata or {@code summary.sig}. */
  List<byte[]> in(VariantDict metadata) {
    return metadata
        .find(key, "aay")
        .map(all -> all.stream().map(Variant::asBytes).toList())
        .orElse(List.of());
  }

  /** Detached metadata with a further signature. */
  VariantDict add(VariantDict metadata, byte[] signature) {
    var all = new ArrayList<Variant>();
    in(metadata).forEach(each -> all.add(Variant.bytes(each)));
    all.add(Variant.bytes(signature));
    return metadata.with(key, Variant.array("ay", all));
  }
}
