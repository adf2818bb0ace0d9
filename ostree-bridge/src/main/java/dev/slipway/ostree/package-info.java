// SPDX-License-Identifier: Apache-2.0
/** Repositories, commits, static deltas and deployments as ostree keeps them. */
package dev.slipway.ostree;
