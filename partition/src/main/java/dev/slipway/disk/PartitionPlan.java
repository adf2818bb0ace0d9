// SPDX-License-Identifier: Apache-2.0
package dev.slipway.disk;

import dev.slipway.gpt.PartitionType;
import dev.slipway.io.Size;
import dev.slipway.volume.Volume;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * A partition as it is wished for.
 *
 * @param name at most 36 UTF-16 units
 * @param content what stands at its start; the rest is zero
 * @param size nothing makes it as large as its content
 * @param slack added when the size follows the content
 * @param attributes see {@link dev.slipway.gpt.GptEntry}
 * @param id nothing derives it from the disk's identity and the name
 */
public record PartitionPlan(
    String name,
    PartitionType type,
    Volume content,
    Optional<Size> size,
    Size slack,
    long attributes,
    Optional<UUID> id) {
  public PartitionPlan {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(content, "content");
    Objects.requireNonNull(size, "size");
    Objects.requireNonNull(slack, "slack");
    Objects.requireNonNull(id, "id");
  }

  /** A partition as large as its content. */
  public static PartitionPlan of(String name, PartitionType type, Volume content) {
    return new PartitionPlan(
        name, type, content, Optional.empty(), Size.bytes(0), 0, Optional.empty());
  }

  /** A partition of zeros. */
  public static PartitionPlan empty(String name, PartitionType type, Size size) {
    return of(name, type, Volume.zeros(0)).sized(size);
  }

  /** Exactly so large, rounded up to the disk's alignment. */
  public PartitionPlan sized(Size newSize) {
    return new PartitionPlan(name, type, content, Optional.of(newSize), slack, attributes, id);
  }

  /** As large as the content and so much more, rounded up to the disk's alignment. */
  public PartitionPlan fitted(Size newSlack) {
    return new PartitionPlan(name, type, content, Optional.empty(), newSlack, attributes, id);
  }

  public PartitionPlan withAttributes(long newAttributes) {
    return new PartitionPlan(name, type, content, size, slack, newAttributes, id);
  }

  public PartitionPlan withId(UUID newId) {
    return new PartitionPlan(name, type, content, size, slack, attributes, Optional.of(newId));
  }

  /** The size wished for, before alignment. */
  Size wanted() {
    return size.orElseGet(() -> Size.bytes(Math.addExact(content.size(), slack.bytes())));
  }
}
