// SPDX-License-Identifier: Apache-2.0
package dev.slipway.fetch;

import java.util.Optional;

/**
 * What came of a request.
 *
 * @param value what the sink made of the bytes; empty when the copy that is here is still the one
 *     there
 * @param validator by which to ask again, if the server gave one
 */
public record Fetched<T>(Optional<T> value, Optional<Validator> validator) {}
