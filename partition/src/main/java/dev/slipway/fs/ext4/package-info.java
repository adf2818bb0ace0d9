// SPDX-License-Identifier: Apache-2.0
/**
 * The ext4 file system: a tree in, a volume out, and back.
 *
 * <pre>
 * group 0                                                              group 1
 * | superblock | group        | kept for | bitmaps | inode   | files | copy of superblock | files
 * |            | descriptors  | growth   | of 16 groups      |       | and descriptors    |
 * </pre>
 *
 * <p>Writing, in reading order: {@link dev.slipway.fs.ext4.Ext4}, {@code NewInodes} (numbers,
 * names, links), {@code Layout} (which blocks) on {@code Geometry} and {@code FreeSpace}, {@code
 * Ext4Writer} (bytes). One class per structure: {@code Superblock}, {@code GroupDescriptor}, {@code
 * InodeTable}, {@code ExtentTree}, {@code DirectoryBlocks}, {@code XattrArea}, {@code Journal},
 * {@code ResizeInode}.
 *
 * @see <a href="https://docs.kernel.org/filesystems/ext4/">ext4 Data Structures and Algorithms</a>
 */
package dev.slipway.fs.ext4;
