// SPDX-License-Identifier: Apache-2.0
/** Installing a release on the machine it is for. */
package dev.slipway.update;
