// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.coding;

import dev.slipway.io.FormatException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.tukaani.xz.XZIOException;

/**
 * Reads lanes that {@link LaneWriter} wrote, forward, each chunk once and checked.
 *
 * <p>Memory: the dictionaries, and the chunks of other lanes that lie before the one wanted: a few,
 * unless the file is not ours, and then at most {@value #AHEAD_MAX} bytes.
 */
public final class LaneReader {
  private static final int AHEAD_MAX = 4 << 20;
  private static final int DECODED = 1 << 12;

  private final InputStream in;
  private final String source;
  private final List<Lane> lanes = new ArrayList<>();
  private final List<InputStream> decoders = new ArrayList<>();
  private final BitSet leftOut = new BitSet();
  private long position;
  private int ahead;
  private boolean ended;

  /**
   * A reader of a stream that stands at the first chunk.
   *
   * @param dictionaries what the decoder of each lane must hold; the caller has checked that it is
   *     not too much
   * @param source the input's name in error messages
   * @param position how many bytes of the input lie before, for error messages
   */
  public LaneReader(InputStream in, int[] dictionaries, String source, long position) {
    this.in = in;
    this.source = source;
    this.position = position;
    for (int i = 0; i < dictionaries.length; i++) {
      lanes.add(new Lane(i));
      decoders.add(new BufferedInputStream(new Plain(i, dictionaries[i]), DECODED));
    }
  }

  /**
   * The bytes of a lane. Reading behind its end is an error: whoever reads knows how many there
   * are.
   */
  public InputStream lane(int number) {
    return decoders.get(number);
  }

  /** Only checks and counts the chunks of a lane that nobody is going to read. */
  public void leaveOut(int number) {
    leftOut.set(number);
  }

  /** How many bytes of the input were read so far, those before it included. */
  public long position() {
    return position;
  }

  /** How many compressed bytes of a lane were read so far. */
  public long compressedBytes(int number) {
    return lanes.get(number).compressed;
  }

  /** An error in what lanes say, with the input's name and about the place, if it lacks them. */
  public FormatException placed(FormatException e) {
    return e.getMessage().startsWith(source)
        ? e
        : new FormatException(source + ": before byte " + position + ": " + e.getMessage(), e);
  }

  /** Checks that the input ends here, but for lanes that were left out. */
  public void expectEnd() throws IOException {
    while (readFrame()) {
      if (ahead > 0) {
        throw error("data behind the end");
      }
    }
    if (in.read() >= 0) {
      throw error("data behind the end");
    }
  }

  private FormatException error(String message) {
    return new FormatException(source + ": at byte " + position + ": " + message);
  }

  /** Reads the next frame into its lane's queue; false at the end. */
  private boolean readFrame() throws IOException {
    if (ended) {
      return false;
    }
    int mark = readByte();
    if (mark == LaneWriter.END) {
      ended = true;
      return false;
    }
    int number = mark & ~LaneWriter.LAST;
    if (number >= lanes.size()) {
      throw error("chunk: lane " + number + " of " + lanes.size());
    }
    byte[] body = readBody();
    byte[] checksum = new byte[Integer.BYTES];
    read(checksum, 0, checksum.length);
    if (!Arrays.equals(checksum, LaneWriter.checksum(mark, body))) {
      throw error("chunk: checksum: the delta is damaged before this place");
    }
    lanes.get(number).compressed += body.length;
    if (leftOut.get(number)) {
      return true;
    }
    byte[] chunks = Lzma2.isStored(body[0]) ? StoredRun.chunks(body) : body;
    ahead += chunks.length;
    if (ahead > AHEAD_MAX) {
      throw error("chunk: more than " + AHEAD_MAX + " bytes ahead of their use");
    }
    // Behind the last chunk the decoder wants the control byte of the end, which the file leaves
    // out.
    boolean last = mark != number;
    lanes.get(number).queue.add(last ? Arrays.copyOf(chunks, chunks.length + 1) : chunks);
    ahead += last ? 1 : 0;
    return true;
  }

  /** What stands between a frame's mark and its checksum: a chunk or a run of stored ones. */
  private byte[] readBody() throws IOException {
    byte[] header = new byte[Lzma2.HEADER_MAX];
    header[0] = (byte) readByte();
    int control = header[0];
    if (!Lzma2.isChunk(control)) {
      throw error(String.format("chunk: control byte 0x%02x", control & 0xff));
    }
    boolean stored = Lzma2.isStored(control);
    int size = stored ? StoredRun.HEADER : Lzma2.headerBytes(control);
    read(header, 1, size - 1);
    int data = stored ? StoredRun.dataBytes(header) : Lzma2.dataBytes(header);
    if (stored && data > StoredRun.SIZE_MAX) {
      throw error("chunk: " + data + " stored bytes: more than " + StoredRun.SIZE_MAX);
    }
    byte[] body = Arrays.copyOf(header, size + data);
    read(body, size, data);
    return body;
  }

  private int readByte() throws IOException {
    int b = in.read();
    if (b < 0) {
      throw error("the delta ends early");
    }
    position++;
    return b;
  }

  private void read(byte[] target, int offset, int length) throws IOException {
    int count = in.readNBytes(target, offset, length);
    position += count;
    if (count < length) {
      throw error("the delta ends early");
    }
  }

  /** The compressed bytes of one lane. */
  private final class Lane extends InputStream {
    private final ArrayDeque<byte[]> queue = new ArrayDeque<>();
    private final int number;
    private long compressed;
    private byte[] current = new byte[0];
    private int at;

    Lane(int number) {
      this.number = number;
    }

    private boolean fill() throws IOException {
      if (at < current.length) {
        return true;
      }
      while (queue.isEmpty()) {
        if (!readFrame()) {
          return false;
        }
      }
      current = queue.remove();
      ahead -= current.length;
      at = 0;
      return true;
    }

    @Override
    public int read() throws IOException {
      if (fill()) {
        return current[at++] & 0xff;
      }
      throw error("lane " + number + " ends early");
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (!fill()) {
        throw error("lane " + number + " ends early");
      }
      int count = Math.min(length, current.length - at);
      System.arraycopy(current, at, target, offset, count);
      at += count;
      return count;
    }
  }

  /** Opens a lane's decoder when it is wanted, and turns its complaints into ours. */
  private final class Plain extends InputStream {
    private final int number;
    private final int dictionaryBytes;
    private InputStream decoder;

    Plain(int number, int dictionaryBytes) {
      this.number = number;
      this.dictionaryBytes = dictionaryBytes;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      read(one, 0, 1);
      return one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      try {
        if (decoder == null) {
          decoder = Lzma2.decoder(lanes.get(number), dictionaryBytes);
        }
        int count = decoder.read(target, offset, length);
        if (count < 0) {
          throw error("lane " + number + " ends early");
        }
        return count;
      } catch (FormatException e) {
        throw e;
      } catch (XZIOException e) {
        throw new FormatException(
            source + ": before byte " + position + ": lane " + number + ": not valid LZMA2", e);
      }
    }
  }
}
