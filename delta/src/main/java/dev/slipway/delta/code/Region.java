// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

/** The old bytes {@code [start, end)} and what finds the fields in them. */
record Region(long start, long end, FieldModel model) {}
