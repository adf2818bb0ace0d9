// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32C;

/**
 * Takes the bytes of several lanes, compresses each lane as a whole, and writes all of them into
 * one stream in the order in which a reader wants them.
 *
 * <p>The order comes from {@link #at}: the writer's steps are numbered, and the reader takes the
 * same bytes from the same lanes in the same steps. Lanes lie in temporary files until then, so
 * memory is that of the encoders.
 */
public final class LaneWriter implements Closeable {
  /** Stands where a lane's number would, behind the last frame. */
  static final int END = 0xff;

  /** Set in a lane's number at its last frame. */
  static final int LAST = 0x80;

  private final List<Lane> lanes = new ArrayList<>();
  private final List<SpillFile> files = new ArrayList<>();
  private long step;

  /**
   * Opens empty lanes.
   *
   * @param scratch the directory for temporary files
   */
  public LaneWriter(List<LaneOptions> options, Path scratch) throws IOException {
    try {
      for (LaneOptions each : options) {
        SpillFile plain = file(scratch);
        lanes.add(new Lane(each, plain, file(scratch)));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private SpillFile file(Path scratch) throws IOException {
    SpillFile file = SpillFile.in(scratch);
    files.add(file);
    return file;
  }

  /** Begins a step: what is written from now on is wanted by the reader's step of that number. */
  public void at(long step) {
    this.step = step;
  }

  /** Where to write a lane's bytes. */
  public OutputStream lane(int number) {
    return lanes.get(number);
  }

  /** How many bytes were written to a lane. */
  public long size(int number) {
    return lanes.get(number).plain.size();
  }

  /** How many bytes the compressed form of a lane has, after {@link #compress}. */
  public long compressedSize(int number) {
    return lanes.get(number).compressed.size();
  }

  /** What the decoder of a lane must hold. */
  public int dictionaryBytes(int number) {
    return lanes.get(number).options.dictionaryFor(size(number));
  }

  /** Compresses all lanes, side by side when the executor does. */
  public void compress(Executor executor) throws IOException {
    var tasks = new ArrayList<FutureTask<Void>>();
    for (Lane lane : lanes) {
      var task =
          new FutureTask<Void>(
              () -> {
                lane.compress();
                return null;
              });
      tasks.add(task);
      executor.execute(task);
    }
    for (FutureTask<Void> task : tasks) {
      try {
        task.get();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while compressing", e);
      } catch (ExecutionException e) {
        throw new IOException("compressing: " + e.getCause().getMessage(), e.getCause());
      }
    }
  }

  /** Writes the frames of all lanes, after {@link #compress}. */
  public void writeTo(OutputStream out) throws IOException {
    record Place(int lane, Frame frame) {}
    var places = new ArrayList<Place>();
    for (int i = 0; i < lanes.size(); i++) {
      for (Frame frame : lanes.get(i).frames()) {
        places.add(new Place(i, frame));
      }
    }
    // Stable, and each lane's frames are in order already.
    places.sort(Comparator.comparingLong(place -> place.frame.step));
    for (Place place : places) {
      byte[] chunks =
          lanes.get(place.lane).compressed.readFully(place.frame.offset, place.frame.length);
      byte[] body = Lzma2.isStored(chunks[0]) ? StoredRun.joined(chunks) : chunks;
      int mark = place.lane | (place.frame.last ? LAST : 0);
      out.write(mark);
      out.write(body);
      out.write(checksum(mark, body));
    }
    out.write(END);
  }

  static byte[] checksum(int mark, byte[] body) {
    var crc = new CRC32C();
    crc.update(mark);
    crc.update(body);
    return ByteBuffer.allocate(Integer.BYTES).putInt((int) crc.getValue()).array();
  }

  @Override
  public void close() throws IOException {
    SpillFile.closeAll(files);
  }

  /** A chunk of a compressed lane, or a run of stored ones, and the step that wants it. */
  private record Frame(long offset, int length, long step, boolean last) {}

  private final class Lane extends OutputStream {
    /** How far apart the notes of steps are; a frame counts as wanted a little early. */
    private static final int NOTE = 1 << 12;

    private final LaneOptions options;
    private final SpillFile plain;
    private final SpillFile compressed;

    /** {@code steps[i]} is the step that wrote byte {@code i * NOTE}. */
    private long[] steps = new long[16];

    private int noted;

    Lane(LaneOptions options, SpillFile plain, SpillFile compressed) {
      this.options = options;
      this.plain = plain;
      this.compressed = compressed;
    }

    @Override
    public void write(int b) throws IOException {
      note(1);
      plain.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      note(length);
      plain.write(bytes, offset, length);
    }

    private void note(int length) {
      long end = plain.size() + length;
      while ((long) noted * NOTE < end) {
        if (noted == steps.length) {
          steps = Arrays.copyOf(steps, 2 * noted);
        }
        steps[noted++] = step;
      }
    }

    void compress() throws IOException {
      plain.flush();
      options.compress(plain, compressed);
      compressed.flush();
    }

    List<Frame> frames() throws IOException {
      var frames = new ArrayList<Frame>();
      long offset = 0;
      long made = 0;
      while (made < plain.size()) {
        long start = offset;
        long step = steps[(int) (made / NOTE)];
        byte[] header = header(offset);
        boolean stored = Lzma2.isStored(header[0]);
        int data = 0;
        do {
          data += Lzma2.dataBytes(header);
          offset += Lzma2.headerBytes(header[0]) + Lzma2.dataBytes(header);
          made += Lzma2.plainBytes(header);
          header = header(offset);
        } while (stored && StoredRun.goesOn(data, header));
        frames.add(new Frame(start, (int) (offset - start), step, made == plain.size()));
      }
      return frames;
    }

    /** A chunk's header, or the byte that ends the stream. */
    private byte[] header(long offset) throws IOException {
      return compressed.readFully(
          offset, (int) Math.min(Lzma2.HEADER_MAX, compressed.size() - offset));
    }
  }
}
