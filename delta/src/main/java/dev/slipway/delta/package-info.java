// SPDX-License-Identifier: Apache-2.0
/** Block deltas: what a machine has to download to turn one image into the next. */
package dev.slipway.delta;
