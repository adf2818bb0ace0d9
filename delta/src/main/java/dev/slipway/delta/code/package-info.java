// SPDX-License-Identifier: Apache-2.0
/**
 * Predicts references in executables, so that what merely moved costs nothing in a delta.
 *
 * <pre>
 *   making                                              applying
 *
 *   CodeContext.learner().add(old, new)...learned()     CodeContext.read(bytes)     once a delta
 *   CodeModel.of(context)                               CodeModel.of(context)
 *     .blankOld(copy of old), .blankNew(copy of new)
 *     ... match the copies: alignments ...
 *     .describe(old, new, alignments) = side              .predictor(old, alignments, side)
 *     .predictor(old, alignments, side)                     .predict(newOffset, buffer, ...)
 *       .predict(...), residual = new - predicted             new = predicted + residual
 * </pre>
 *
 * <p>Both sides run the same predictor on the same data. What it predicts for a byte depends on
 * nothing but the old file, the alignments, the side information and the context: not on what was
 * asked before, nor in which pieces. So a delta can be resumed anywhere.
 *
 * <p>In reading order:
 *
 * <ul>
 *   <li>{@link dev.slipway.delta.code.CodeModel} and {@link dev.slipway.delta.code.CodePredictor}:
 *       the doors.
 *   <li>{@code FileModel}: all that is known of a pair. {@code ElfHeaders}, {@code Layout} and
 *       {@code LayoutCodec}: the headers of both files, the new ones told by what differs from
 *       {@code HeaderPrediction}. {@code OffsetMap}, {@code AddressSpace}, {@code AddressMap},
 *       {@code Corrections}: where things went.
 *   <li>{@code Regions} chooses a {@code FieldModel} for each section; it hands what it finds to a
 *       {@code FieldSink}. Models: {@code X86Code} with {@code X86Instruction}; {@code ArmCode}
 *       with {@code ArmRegisters} and {@code ArmField}; {@code Relocations}, {@code SymbolTable},
 *       {@code UnwindEntries}, {@code UnwindTable}, {@code Pointers}, {@code DynamicSection},
 *       {@code JumpTables}; of kernels and their modules {@code BtfModel}, {@code SymbolVersions},
 *       {@code RelativeWords}, {@code KernelPlaces}.
 *   <li>Sinks: {@code MappedFields} maps targets, and is the predictor's window and the maker's
 *       {@code Trial}s ({@code Votes} for corrections, {@code Gains} for what pays); {@code
 *       MatchingView} makes the copies that are matched; {@code JumpTableFinder}.
 *   <li>{@code Describer} puts the side information together; {@code BtfLearner} and {@code
 *       ChecksumLearner} the {@link dev.slipway.delta.code.CodeContext}.
 * </ul>
 *
 * <p>The decoder's side is specified in {@code docs/formats/delta-code.md}.
 */
package dev.slipway.delta.code;
