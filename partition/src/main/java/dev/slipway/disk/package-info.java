// SPDX-License-Identifier: Apache-2.0
/**
 * Whole disks: planned, pictured, written, recognised.
 *
 * <pre>
 *   DiskIdentity  one id from which all others follow
 *   PartitionPlan, DiskImage.builder, DiskLayout   what is wished for
 *   DiskImage     the plan: a Volume with a table and places, as text and as a picture
 *   ImageFile     the plan written to a file, digested on the way
 *   DiskInspection, RecognisedImage   what an image that exists is made of
 * </pre>
 *
 * <p>The layouts: {@code docs/formats/disk.md}.
 */
package dev.slipway.disk;
