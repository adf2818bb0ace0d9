// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.member;

import dev.slipway.io.CountingOutputStream;
import dev.slipway.io.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.zip.CRC32;

/** Writes an .xz stream as liblzma does: headers, blocks, index, footer. */
final class XzRebuild extends OutputStream {
  private static final byte[] MAGIC = {(byte) 0xfd, '7', 'z', 'X', 'Z', 0};
  private static final int CARRY_BYTES = 1 << 13;

  private final XzRecipe recipe;
  private final CountingOutputStream out;
  private final XzCheck check;
  private final RecipeWriter index = new RecipeWriter();

  /** What the filter keeps back until more follows. */
  private final byte[] carry = new byte[CARRY_BYTES];

  private int carried;
  private X86Filter filter;
  private Lzma2Encoder encoder;
  private int nextBlock;
  private XzRecipe.Block block;
  private long packedStart;
  private int plainLeft;
  private boolean closed;

  XzRebuild(XzRecipe recipe, OutputStream out) throws IOException {
    this.recipe = recipe;
    this.out = new CountingOutputStream(out);
    check = new XzCheck(recipe.check());
    index.u8(0).number(recipe.blocks().size());
    byte[] flags = {0, (byte) recipe.check()};
    this.out.write(MAGIC);
    this.out.write(flags);
    this.out.write(crc(flags));
    open();
  }

  private static byte[] crc(byte[] bytes) {
    var crc = new CRC32();
    crc.update(bytes);
    return XzCheck.little(crc.getValue(), Integer.BYTES);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    int done = 0;
    while (done < length) {
      if (block == null) {
        throw new FormatException("recipe: the plain text is longer than its xz blocks");
      }
      int step = Math.min(length - done, plainLeft);
      check.update(bytes, offset + done, step);
      encode(bytes, offset + done, step);
      plainLeft -= step;
      done += step;
      if (plainLeft == 0) {
        finishBlock();
        open();
      }
    }
  }

  private void encode(byte[] bytes, int offset, int length) throws IOException {
    if (!block.x86()) {
      encoder.write(bytes, offset, length);
      return;
    }
    int done = 0;
    while (done < length) {
      int step = Math.min(length - done, carry.length - carried);
      System.arraycopy(bytes, offset + done, carry, carried, step);
      carried += step;
      done += step;
      int filtered = filter.filter(carry, 0, carried);
      encoder.write(carry, 0, filtered);
      carried -= filtered;
      System.arraycopy(carry, filtered, carry, 0, carried);
    }
  }

  private void open() throws IOException {
    if (nextBlock == recipe.blocks().size()) {
      block = null;
      return;
    }
    block = recipe.blocks().get(nextBlock++);
    plainLeft = block.plainBytes();
    out.write(block.header());
    packedStart = out.count();
    filter = new X86Filter();
    carried = 0;
    encoder = null; // the last one's tables are to go before these come
    encoder = new Lzma2Encoder(block.settings(), block.plainBytes(), out);
    if (plainLeft == 0) {
      finishBlock();
      open();
    }
  }

  private void finishBlock() throws IOException {
    encoder.write(carry, 0, carried);
    encoder.finish();
    long packed = out.count() - packedStart;
    out.write(new byte[(int) (-packed & 3)]);
    byte[] sum = check.finish();
    out.write(sum);
    index.number(block.header().length + packed + sum.length).number(block.plainBytes());
  }

  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (block != null) {
      throw new FormatException(
          "recipe: the plain text ends " + plainLeft + " bytes before the end of its xz block");
    }
    while ((index.size() & 3) != 0) {
      index.u8(0);
    }
    byte[] listed = index.toByteArray();
    out.write(listed);
    out.write(crc(listed));
    byte[] footer =
        new RecipeWriter()
            .bytes(XzCheck.little((listed.length + 4) / 4 - 1, Integer.BYTES))
            .u8(0)
            .u8(recipe.check())
            .toByteArray();
    out.write(crc(footer));
    out.write(footer);
    out.write(new byte[] {'Y', 'Z'});
  }
}
