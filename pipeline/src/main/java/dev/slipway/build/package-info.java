// SPDX-License-Identifier: Apache-2.0
/**
 * From a specification to an image file: the steps, what each depends on, and the run.
 *
 * <pre>
 *   specification ─┬─ resolve ── fetch ── root file system ──┐
 *                  │   (lock)                  (scripts)     ├─ system ── initramfs ── disk ── image, manifest
 *                  └─ boot loaders and tools ── unpack ──────┘  (own files, units, arrangement)
 * </pre>
 *
 * <p>{@link dev.slipway.build.ImageBuild} is the door. Each step has a key made of all its inputs;
 * a step whose key is known is not run again, and when one runs, the {@link
 * dev.slipway.build.StepReport} says which input was different.
 */
package dev.slipway.build;
