// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.lzma.Parameters;
import dev.slipway.lzma.ThoroughLzma2;
import dev.slipway.lzma.XzOutput;
import dev.slipway.ostree.DeltaSuperblock.Part;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/**
 * The file of a part: {@code x} and an .xz stream with the payload. ostree also knows parts that
 * are not compressed, but fails on those above 16 KiB.
 */
final class PartFile {
  static final int XZ_MARK = 'x';
  static final int PLAIN_MARK = 0;

  /** What a part holds above all, which decides how it is compressed. */
  enum Kind {
    /** Directories and patches: long runs of zeros, and no words of 4 bytes. */
    PATCHES,
    /** Whole files. */
    FILES,
    /** Machine code of x86 processors. */
    PROGRAMS
  }

  private static final int DICTIONARY_BYTES_MAX = 14 << 20;
  private static final int DICTIONARY_BYTES_STEP = 1 << 16;

  /** How many bits of the byte before choose the models of a byte in a patch. */
  private static final int CONTEXT_BITS = 3;

  private PartFile() {}

  /** Compresses a part. */
  static Part write(PartBuilder part, Kind kind, MemoryBudget budget, Path file)
      throws IOException {
    if (kind == Kind.PATCHES) {
      writePatches(part, budget, file);
    } else {
      writeFiles(part, kind, budget, file);
    }
    Digest checksum;
    try (var in = Files.newInputStream(file)) {
      checksum = Digest.of(in);
    }
    return new Part(checksum, Files.size(file), part.objectBytes(), part.objects());
  }

  private static int dictionaryBytes(PartBuilder part) {
    long steps = part.dataBytes() / DICTIONARY_BYTES_STEP + 1;
    return (int) Math.min(DICTIONARY_BYTES_MAX, steps * DICTIONARY_BYTES_STEP);
  }

  private static void writePatches(PartBuilder part, MemoryBudget budget, Path file)
      throws IOException {
    var parameters = new Parameters(dictionaryBytes(part), CONTEXT_BITS, 0, 0);
    long size = part.payloadBytesMax();
    try (MemoryBudget.Share ignored = budget.take(ThoroughLzma2.memoryBytes(parameters, size));
        OutputStream out = marked(file);
        var xz = new XzOutput(out, parameters, size)) {
      part.writeTo(xz);
    }
  }

  private static void writeFiles(PartBuilder part, Kind kind, MemoryBudget budget, Path file)
      throws IOException {
    var options = new LZMA2Options(LZMA2Options.PRESET_MAX - 1);
    if (kind == Kind.FILES) {
      options.setPb(0);
      options.setLc(LZMA2Options.LC_LP_MAX);
    }
    options.setDictSize(dictionaryBytes(part));
    FilterOptions[] filters =
        kind == Kind.PROGRAMS
            ? new FilterOptions[] {new X86Options(), options}
            : new FilterOptions[] {options};
    try (MemoryBudget.Share ignored = budget.take(options.getEncoderMemoryUsage() * 1024L);
        OutputStream out = marked(file);
        var xz = new XZOutputStream(out, filters, XZ.CHECK_CRC64)) {
      part.writeTo(xz);
    }
  }

  private static OutputStream marked(Path file) throws IOException {
    var out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
    out.write(XZ_MARK);
    return out;
  }
}
