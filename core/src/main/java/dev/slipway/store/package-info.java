// SPDX-License-Identifier: Apache-2.0
/**
 * A cache in a directory, so that nothing is fetched, unpacked, configured or written twice.
 *
 * <pre>
 * Store  --find, newBlob-->  Blob         bytes under their digest
 *        --newPack-------->  PackWriter   thousands of contents in one blob
 *        --result(Key)---->  byte[]       what a step made of these inputs, and the blobs it stands on
 * StoredTree                              a tree: metadata in a blob, contents in packs
 * </pre>
 *
 * <p>Reading order: {@link dev.slipway.store.Store}, {@link dev.slipway.store.Key}, {@link
 * dev.slipway.store.BlobWriter}, {@link dev.slipway.store.PackWriter}, {@link
 * dev.slipway.store.StoredTree}. Behind them: {@code StoreLayout} says where things lie, {@code
 * FileGate} keeps removing apart from using, {@code Lease} is how a living process says what it
 * uses, {@code StoreSweep} lists, prunes and checks. Why it is so: {@code
 * docs/decisions/0010-store.md}.
 */
package dev.slipway.store;
