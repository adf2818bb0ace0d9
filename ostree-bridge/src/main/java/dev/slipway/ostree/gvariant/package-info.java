// SPDX-License-Identifier: Apache-2.0
/**
 * GVariant, the serialisation of all ostree metadata.
 *
 * <p>A {@link dev.slipway.ostree.gvariant.Variant} is a {@linkplain
 * dev.slipway.ostree.gvariant.VariantType type} and the bytes that stand for a value of it, little
 * end first. The bytes are always the one normal form: the makers write nothing else, and {@link
 * dev.slipway.ostree.gvariant.Variant#read} refuses what it would not have written, so equal values
 * have equal bytes and children are found without further checks.
 *
 * <pre>
 * tuple   (sus)   'a' 'b' 00 | 00 | 07 00 00 00 | 'c' 00 | 03     end of all but the last variable member, backwards
 * array   as      'a' 00 | 'b' 'c' 00 | 02 05                     the end of every element
 * variant v       01 00 00 00 | 00 | 'u'                          value, zero, type
 * </pre>
 *
 * @see <a href="https://docs.gtk.org/glib/gvariant-specification.html">GVariant specification</a>
 */
package dev.slipway.ostree.gvariant;
