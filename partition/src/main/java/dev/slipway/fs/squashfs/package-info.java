// SPDX-License-Identifier: Apache-2.0
/**
 * The squashfs file system, version 4.0: a tree in, a packed image out, and back.
 *
 * <pre>
 * | superblock | data and fragment | inodes | directories | fragments | inodes by | owners and | attributes |
 * |  96 bytes  | blocks            |        |             |           | number    | groups     |            |
 * </pre>
 *
 * <p>Everything behind the data is cut into metadata blocks of 8 KiB. The table of fragments and
 * those behind it are found by an index at their ends.
 *
 * <p>Writing, in reading order: {@link dev.slipway.fs.squashfs.Squashfs}, {@code SquashfsWriter},
 * {@code NewInodes} (numbers, names, links), {@code DataArea} on {@code PackingQueue} (contents,
 * compressed side by side), {@code InodeTable}, {@code DirectoryTable}, {@code XattrTable}, all on
 * {@code MetadataWriter}. Reading: {@code SquashfsReader}, {@code ReadInode}, {@code
 * DirectoryReader}, {@code XattrReader}, {@code FileData}, on {@code MetadataCursor} and {@code
 * ReadBlocks}.
 *
 * @see <a href="https://docs.kernel.org/filesystems/squashfs.html">the kernel's page on
 *     squashfs</a>
 */
package dev.slipway.fs.squashfs;
