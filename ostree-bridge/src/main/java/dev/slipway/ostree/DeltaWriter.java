// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.DeltaPairs.NewFile;
import dev.slipway.ostree.DeltaSuperblock.Part;
import dev.slipway.ostree.PartFile.Kind;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.ostree.gvariant.VariantDict;
import dev.slipway.ostree.object.Commit;
import dev.slipway.ostree.object.ObjectName;
import dev.slipway.progress.Task;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Makes a static delta.
 *
 * <p>Files are compared and parts are compressed side by side; both are joined in the order of the
 * plan, so the number of threads changes nothing. What is kept in memory is bounded: files that
 * were encoded and wait for their turn by {@link #AHEAD_BYTES}, everything else by the budget.
 *
 * <p>The order is what compresses best: directories, then patches of old files, then whole files by
 * kind and name, those among them whose patch was no smaller; programs come last and in parts of
 * their own, for which the compressor turns jumps into addresses.
 */
final class DeltaWriter {
  private static final long AHEAD_BYTES = 16L << 20;
  private static final int AHEAD_FILES = 256;

  /** Runs of zeros compress as well in parts of this size, and those keep all threads busy. */
  private static final long PATCHES_BYTES = 8L << 20;

  /** A part is not ended for the sake of programs before it holds this much. */
  private static final long WORTH_A_PART_BYTES = 1L << 20;

  private final OstreeRepository repository;
  private final DeltaName name;
  private final DeltaOptions options;
  private final Path work;
  private final Task task;
  private final MemoryBudget budget;
  private final ExecutorService threads;
  private final List<Future<Part>> parts = new ArrayList<>();
  private PartBuilder part;

  private DeltaWriter(
      OstreeRepository repository, DeltaName name, DeltaOptions options, Path work, Task task) {
    this.repository = repository;
    this.name = name;
    this.options = options;
    this.work = work;
    this.task = task;
    this.budget = new MemoryBudget(options.memoryBytes());
    this.threads = Executors.newFixedThreadPool(options.threads());
  }

  /** Writes superblock and parts into an empty directory. */
  static void write(
      OstreeRepository repository, DeltaName name, DeltaOptions options, Path work, Task task)
      throws IOException {
    var writer = new DeltaWriter(repository, name, options, work, task);
    try {
      writer.write();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while making a static delta");
    } finally {
      writer.threads.shutdownNow();
      if (writer.part != null) {
        writer.part.close();
      }
    }
  }

  private void write() throws IOException, ExecutionException, InterruptedException {
    DeltaScope before =
        name.from().isPresent() ? DeltaScope.of(repository, name.from().get()) : DeltaScope.NONE;
    DeltaScope after = DeltaScope.of(repository, name.to());
    part = new PartBuilder(work);
    for (Map.Entry<ObjectName, byte[]> each : after.directories().entrySet()) {
      if (!before.directories().containsKey(each.getKey())) {
        part.metadata(each.getKey(), each.getValue());
      }
    }
    writeFiles(new DeltaPairs(before.files()), after);
    var written = new ArrayList<Part>();
    for (Future<Part> each : parts) {
      written.add(each.get());
    }
    byte[] commit = repository.metadata(ObjectName.commit(name.to()));
    String source = ObjectName.commit(name.to()).toString();
    var superblock =
        new DeltaSuperblock(
                VariantDict.empty(),
                Commit.read(commit, source).timestampSeconds(),
                name,
                Variant.read(Commit.TYPE, commit, source),
                written,
                List.of())
            .withDetached(repository.findDetachedMetadata(name.to()));
    Files.write(work.resolve(DeltaSuperblock.FILE), superblock.toBytes());
  }

  /** A file to encode. */
  private record Planned(NewFile file, Optional<Digest> base, Kind kind, String order) {}

  private void writeFiles(DeltaPairs pairs, DeltaScope after)
      throws IOException, ExecutionException, InterruptedException {
    var patches = new ArrayList<Planned>();
    var wholes = new ArrayList<Planned>();
    for (NewFile file : pairs.newFiles(after.files())) {
      Optional<Digest> base = pairs.baseOf(file.path());
      if (base.isPresent()) {
        patches.add(new Planned(file, base, Kind.PATCHES, ""));
      } else {
        wholes.add(whole(file));
      }
    }
    Kind last = write(patches, Kind.PATCHES, wholes);
    long wholeBytes = 0;
    for (Planned each : wholes) {
      wholeBytes += repository.storedFile(each.file().checksum()).sizeBytes();
    }
    if (wholeBytes < WORTH_A_PART_BYTES) {
      wholes.replaceAll(each -> new Planned(each.file(), each.base(), last, each.order()));
    }
    wholes.sort(
        Comparator.comparing(Planned::kind)
            .thenComparing(Planned::order)
            .thenComparing(p -> p.file().path()));
    endPart(write(wholes, last, List.of()));
  }

  private Planned whole(NewFile file) throws IOException {
    boolean program = FileKind.isProgram(repository.storedFile(file.checksum()));
    Kind kind = program ? Kind.PROGRAMS : Kind.FILES;
    return new Planned(file, Optional.empty(), kind, FileKind.order(file.path()));
  }

  /**
   * Writes files in the order of a plan.
   *
   * @param kind of what the open part holds
   * @param better gets those that were to be patched and are smaller whole
   * @return what the part holds that is open now
   */
  private Kind write(List<Planned> plan, Kind kind, List<Planned> better)
      throws IOException, ExecutionException, InterruptedException {
    Deque<Future<EncodedFile>> ahead = new ArrayDeque<>();
    Deque<Planned> waiting = new ArrayDeque<>();
    Iterator<Planned> rest = plan.iterator();
    long aheadBytes = 0;
    Kind open = kind;
    try {
      while (rest.hasNext() || !ahead.isEmpty()) {
        while (rest.hasNext()
            && (ahead.isEmpty() || aheadBytes < AHEAD_BYTES && ahead.size() < AHEAD_FILES)) {
          Planned next = rest.next();
          waiting.add(next);
          aheadBytes += repository.storedFile(next.file().checksum()).sizeBytes();
          ahead.add(threads.submit(() -> encode(next)));
        }
        Planned planned = waiting.remove();
        try (EncodedFile file = ahead.remove().get()) {
          aheadBytes -= repository.storedFile(planned.file().checksum()).sizeBytes();
          if (planned.base().isPresent() && !file.isPatch()) {
            better.add(whole(planned.file()));
            continue;
          }
          boolean turn = planned.kind() != open && part.dataBytes() >= WORTH_A_PART_BYTES;
          if (turn || part.dataBytes() + file.dataBytes() > partBytes(open)) {
            endPart(open);
          }
          if (part.isEmpty()) {
            open = planned.kind();
          }
          file.addTo(part);
        }
      }
    } finally {
      for (Future<EncodedFile> each : ahead) {
        each.cancel(true);
      }
    }
    return open;
  }

  private long partBytes(Kind kind) {
    return kind == Kind.PATCHES
        ? Math.min(options.partBytes(), PATCHES_BYTES)
        : options.partBytes();
  }

  private EncodedFile encode(Planned planned) throws IOException {
    return EncodedFile.of(
        repository, planned.file().checksum(), planned.base(), budget, options.memoryBytes(), work);
  }

  /** Ends the part that is being put together, and starts the next. */
  private void endPart(Kind kind) throws IOException {
    if (part.isEmpty()) {
      return;
    }
    PartBuilder ended = part;
    part = new PartBuilder(work);
    Path file = work.resolve(Integer.toString(parts.size()));
    parts.add(
        threads.submit(
            () -> {
              try (ended) {
                Part done = PartFile.write(ended, kind, budget, file);
                task.advance(done.objectBytes());
                return done;
              }
            }));
  }
}
