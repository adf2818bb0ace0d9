// SPDX-License-Identifier: Apache-2.0
/**
 * The objects an ostree repository is made of, as values and as bytes.
 *
 * <pre>
 * commit ──► dirtree (names) ──► file (header, content)
 *    └─────► dirmeta  └────────► dirtree, dirmeta of every directory within
 * </pre>
 *
 * <p>{@link dev.slipway.ostree.object.ObjectType} and {@link dev.slipway.ostree.object.ObjectName}
 * name them; {@link dev.slipway.ostree.object.Commit}, {@link dev.slipway.ostree.object.DirTree},
 * {@link dev.slipway.ostree.object.DirMeta} and {@link dev.slipway.ostree.object.FileHeader} are
 * what they say; {@link dev.slipway.ostree.object.ArchivedFile} is a file as archive repositories
 * hold it. Everything read is checked, and everything is read into what writes the same bytes
 * again.
 */
package dev.slipway.ostree.object;
