// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fs.squashfs;

import dev.slipway.io.ByteSource;
import dev.slipway.tree.Content;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/** The data of a file that was read: its blocks, and the part of a fragment block it ends with. */
final class FileData implements ByteSource {
  /** A part of the file that stands in the image as it is. */
  record PlainPart(long offset, long length, long fileOffset) {}

  private final ReadBlocks blocks;
  private final FragmentReader fragments;
  private final String path;
  private final ReadInode inode;

  /** Null when it has none. */
  private final FragmentReader.Place fragment;

  FileData(ReadBlocks blocks, FragmentReader fragments, String path, ReadInode inode)
      throws IOException {
    this.blocks = blocks;
    this.fragments = fragments;
    this.path = path;
    this.inode = inode;
    if (inode.fragment() == InodeTable.NO_FRAGMENT) {
      this.fragment = null;
    } else {
      this.fragment = fragments.place(inode.fragment(), path);
      if (inode.offset() + tailBytes() > blocks.superblock().blockBytes()) {
        throw blocks.error(
            path, tailBytes() + " bytes at byte " + inode.offset() + " of its fragment block");
      }
    }
  }

  private int blockBytes() {
    return blocks.superblock().blockBytes();
  }

  private int tailBytes() {
    return (int) (inode.size() % blockBytes());
  }

  /** How many blocks there are, the fragment counted as one. */
  int blockCount() {
    return inode.blockSizes().length + (fragment == null ? 0 : 1);
  }

  int lengthOf(int block) {
    return (int) Math.min(blockBytes(), inode.size() - (long) block * blockBytes());
  }

  boolean isHole(int block) {
    return block < inode.blockSizes().length && inode.blockSizes()[block] == StoredFile.SPARSE;
  }

  /** How many bytes of the image a block takes; where the next one starts. */
  int storedBytes(int block) {
    return block < inode.blockSizes().length
        ? ReadBlocks.storedBytes(inode.blockSizes()[block])
        : 0;
  }

  /** The bytes of a block that is no hole, from {@code offset} of the array on. */
  Loaded load(int block, long position) throws IOException {
    int length = lengthOf(block);
    if (block == inode.blockSizes().length) {
      byte[] shared = fragments.read(fragment, path);
      if (inode.offset() + length > shared.length) {
        throw blocks.error(
            path,
            length
                + " bytes at byte "
                + inode.offset()
                + " of its fragment block, which has "
                + shared.length);
      }
      return new Loaded(shared, (int) inode.offset());
    }
    byte[] bytes = blocks.data(position, inode.blockSizes()[block], path);
    if (bytes.length != length) {
      throw blocks.error(
          path, "block " + block + " unpacks to " + bytes.length + " bytes, expected " + length);
    }
    return new Loaded(bytes, 0);
  }

  /** An array, and where in it a block starts. */
  record Loaded(byte[] bytes, int offset) {}

  long start() {
    return inode.start();
  }

  @Override
  public InputStream open() {
    long stored = 0;
    for (int size : inode.blockSizes()) {
      stored += ReadBlocks.storedBytes(size);
    }
    if (stored > 0) { // a file of zeros starts nowhere
      blocks.willRead(inode.start(), stored);
    }
    if (fragment != null) {
      blocks.willRead(fragment.start(), ReadBlocks.storedBytes(fragment.size()));
    }
    return new FileDataStream(this);
  }

  Content content() {
    var data = new ArrayList<Content.Range>();
    long start = 0;
    long end = 0;
    for (int block = 0; block < blockCount(); block++) {
      long at = (long) block * blockBytes();
      if (!isHole(block)) {
        if (at > end) {
          addRange(data, start, end);
          start = at;
        }
        end = at + lengthOf(block);
      }
    }
    addRange(data, start, end);
    return Content.undigested(inode.size(), data, this);
  }

  private static void addRange(List<Content.Range> data, long start, long end) {
    if (end > start) {
      data.add(new Content.Range(start, end - start));
    }
  }

  List<PlainPart> plainParts() {
    var parts = new ArrayList<PlainPart>();
    long position = inode.start();
    for (int block = 0; block < inode.blockSizes().length; block++) {
      if ((inode.blockSizes()[block] & StoredFile.PLAIN) != 0) {
        parts.add(new PlainPart(position, storedBytes(block), (long) block * blockBytes()));
      }
      position += storedBytes(block);
    }
    if (fragment != null && (fragment.size() & StoredFile.PLAIN) != 0) {
      parts.add(
          new PlainPart(
              fragment.start() + inode.offset(), tailBytes(), inode.size() - tailBytes()));
    }
    return parts;
  }
}
