// SPDX-License-Identifier: Apache-2.0
/**
 * Brings bytes from {@code http}, {@code https} and {@code file} addresses, and lets none through
 * that are not the ones asked for.
 *
 * <p>Reading order: {@link dev.slipway.fetch.Request} says what is wanted and what is known about
 * it, {@link dev.slipway.fetch.Sink} takes the bytes and keeps them only when they were right,
 * {@link dev.slipway.fetch.Fetcher} does it, many at once, and {@link
 * dev.slipway.fetch.FetchException} is the one way it fails. {@code Transfer} holds the retries and
 * resumption of one request; {@code HttpTransport} and {@code FileTransport} open an address once.
 *
 * <p>Nothing here reads the environment or a configuration: proxies, logins and times come in by
 * {@link dev.slipway.fetch.FetchOptions}.
 */
package dev.slipway.fetch;
