// SPDX-License-Identifier: Apache-2.0
package dev.slipway.ostree;

import dev.slipway.io.ByteSource;
import dev.slipway.ostree.object.FileHeader;

/**
 * A file object in a repository.
 *
 * @param sizeBytes of the content; 0 for symbolic links
 * @param content is held against the object's checksum while it is read to its end
 */
public record StoredFile(FileHeader header, long sizeBytes, ByteSource content) {}
