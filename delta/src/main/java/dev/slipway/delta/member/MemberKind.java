// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

/** In which format a member is compressed. */
public enum MemberKind {
  /** One gzip member, RFC 1952. */
  GZIP("gzip"),

  /** One zlib stream, RFC 1950. */
  ZLIB("zlib"),

  /** One .xz stream. */
  XZ("xz"),

  /** One zstd frame, RFC 8878. */
  ZSTD("zstd");

  private final String label;

  MemberKind(String label) {
    this.label = label;
  }

  /** How reports call it. */
  public String label() {
    return label;
  }
}
