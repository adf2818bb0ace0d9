// SPDX-License-Identifier: Apache-2.0
/** The squashfs file system. */
package dev.slipway.fs.squashfs;
