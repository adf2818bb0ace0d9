// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import dev.slipway.io.BlockSource;
import dev.slipway.match.Alignment;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Measures what the models gain on real pairs of files, without the engine: {@code CodeExperiment
 * LIST [-v] [-r]}, where each line of the list is an old and a new path with a tab between; {@code
 * -r} matches the raw files, not their views. Prints what controls, residuals, literals and side
 * information take in one solid xz each, with and without the models, and the bytes that are
 * predicted wrongly by section.
 */
final class CodeExperiment {
  private final ByteArrayOutputStream control = new ByteArrayOutputStream();
  private final ByteArrayOutputStream literals = new ByteArrayOutputStream();
  private final ByteArrayOutputStream copied = new ByteArrayOutputStream();
  private final ByteArrayOutputStream predicted = new ByteArrayOutputStream();
  private final ByteArrayOutputStream sides = new ByteArrayOutputStream();
  private final Map<String, long[]> sections = new TreeMap<>();
  private final boolean view;
  private CodeModel model;
  private long predictNanos;
  private long predictBytes;
  private long describeNanos;

  public static void main(String[] args) throws IOException {
    boolean verbose = Arrays.asList(args).contains("-v");
    var experiment = new CodeExperiment(!Arrays.asList(args).contains("-r"));
    List<String> lines = Files.readAllLines(Path.of(args[0]));
    long start = System.nanoTime();
    var learner = CodeContext.learner();
    for (String line : lines) {
      String[] pair = line.split("\t");
      learner.add(
          BlockSource.bytes(Files.readAllBytes(Path.of(pair[0]))),
          BlockSource.bytes(Files.readAllBytes(Path.of(pair[1]))));
    }
    CodeContext context = CodeContext.read(learner.learned().bytes());
    experiment.model = CodeModel.of(context);
    experiment.sides.writeBytes(context.bytes());
    System.out.printf(
        "context %d bytes, %.1f s: types %d -> %d in %d runs, names %d -> %d in %d runs, %d checksums%n",
        context.bytes().length,
        (System.nanoTime() - start) / 1e9,
        context.types().oldTypes(),
        context.types().newTypes(),
        context.types().types().count(),
        context.types().oldText(),
        context.types().newText(),
        context.types().text().count(),
        context.checksums().count());
    for (String line : lines) {
      String[] pair = line.split("\t");
      experiment.add(
          pair[1],
          Files.readAllBytes(Path.of(pair[0])),
          Files.readAllBytes(Path.of(pair[1])),
          verbose);
    }
    experiment.report();
  }

  CodeExperiment(boolean view) {
    this.view = view;
  }

  private void add(String name, byte[] before, byte[] after, boolean verbose) throws IOException {
    byte[] oldView = before.clone();
    byte[] newView = after.clone();
    if (view) {
      model.blankOld(oldView);
      model.blankNew(newView);
    }
    List<Alignment> alignments = PairAligner.align(oldView, newView);
    BlockSource oldFile = BlockSource.bytes(before);
    long start = System.nanoTime();
    byte[] side = model.describe(oldFile, BlockSource.bytes(after), alignments);
    describeNanos += System.nanoTime() - start;
    var bytes = new byte[after.length];
    start = System.nanoTime();
    CodePredictor predictor = model.predictor(oldFile, alignments, side);
    for (int at = 0; at < bytes.length; at += 1 << 18) {
      predictor.predict(at, bytes, at, Math.min(1 << 18, bytes.length - at));
    }
    predictNanos += System.nanoTime() - start;
    predictBytes += after.length;
    var out = new SideWriter().number(side.length);
    sides.writeBytes(out.bytes());
    sides.writeBytes(side);
    long end = 0;
    long old = 0;
    int wrongCopied = 0;
    int wrongPredicted = 0;
    out = new SideWriter();
    String[] names = names(after);
    for (Alignment a : alignments) {
      out.number(a.newOffset() - end).signed(a.oldOffset() - old).number(a.length());
      literals.write(after, (int) end, (int) (a.newOffset() - end));
      literal(names, end, a.newOffset());
      for (int i = 0; i < a.length(); i++) {
        int at = (int) a.newOffset() + i;
        byte c = (byte) (after[at] - before[(int) a.oldOffset() + i]);
        byte p = (byte) (after[at] - bytes[at]);
        copied.write(c);
        predicted.write(p);
        wrongCopied += c != 0 ? 1 : 0;
        wrongPredicted += p != 0 ? 1 : 0;
        long[] counts = sections.computeIfAbsent(names[at >> 4], n -> new long[4]);
        counts[0]++;
        counts[1] += c != 0 ? 1 : 0;
        counts[2] += p != 0 ? 1 : 0;
      }
      end = a.newOffset() + a.length();
      old = a.oldOffset() + a.length();
    }
    literals.write(after, (int) end, (int) (after.length - end));
    literal(names, end, after.length);
    control.writeBytes(out.bytes());
    if (verbose) {
      System.out.printf(
          "%-60s %9d bytes, %6d alignments, side %6d, wrong %8d -> %8d%n",
          name.substring(Math.max(0, name.length() - 60)),
          after.length,
          alignments.size(),
          side.length,
          wrongCopied,
          wrongPredicted);
    }
  }

  private void literal(String[] names, long from, long to) {
    for (long at = from; at < to; at++) {
      sections.computeIfAbsent(names[(int) at >> 4], n -> new long[4])[3]++;
    }
  }

  /** The section of each 16 bytes of a file. */
  private static String[] names(byte[] file) throws IOException {
    var names = new String[(file.length >> 4) + 1];
    Arrays.fill(names, "-");
    ElfHeaders headers = ElfHeaders.read(new PagedBytes(BlockSource.bytes(file)));
    if (headers != null) {
      for (Section s : headers.sections) {
        if (s.fileSize() > 0 && s.endOffset() <= file.length) {
          Arrays.fill(names, (int) s.offset() + 15 >> 4, (int) s.endOffset() + 15 >> 4, s.name());
        }
      }
    }
    return names;
  }

  private static int xz(ByteArrayOutputStream bytes) throws IOException {
    var out = new ByteArrayOutputStream();
    var options = new LZMA2Options(9);
    options.setDictSize(1 << 24);
    try (var xz = new XZOutputStream(out, options)) {
      bytes.writeTo(xz);
    }
    return out.size();
  }

  private void report() throws IOException {
    System.out.printf(
        "%-24s %10s %9s %9s %9s%n", "section", "aligned", "wrong", "with model", "literal");
    var rows = new ArrayList<>(sections.entrySet());
    rows.sort(
        (a, b) ->
            Long.compare(b.getValue()[2] + b.getValue()[3], a.getValue()[2] + a.getValue()[3]));
    for (var row : rows.subList(0, Math.min(40, rows.size()))) {
      long[] n = row.getValue();
      System.out.printf("%-24s %10d %9d %9d %9d%n", row.getKey(), n[0], n[1], n[2], n[3]);
    }
    int without = xz(copied);
    int with = xz(predicted);
    int c = xz(control);
    int l = xz(literals);
    int s = xz(sides);
    System.out.printf(
        "control %d, literals %d (%d raw), side %d (%d raw)%n",
        c, l, literals.size(), s, sides.size());
    System.out.printf("residual %d -> %d%n", without, with);
    System.out.printf(
        "total %d -> %d = %.3f; describe %.2f s, predict %.0f MB/s%n",
        c + l + without,
        c + l + with + s,
        (c + l + with + s) / (double) (c + l + without),
        describeNanos / 1e9,
        predictBytes / 1e6 / (predictNanos / 1e9));
  }
}
