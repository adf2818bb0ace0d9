// SPDX-License-Identifier: Apache-2.0
package dev.slipway.build;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.slipway.arrange.Accounts;
import dev.slipway.disk.DiskImage;
import dev.slipway.disk.DiskLayout;
import dev.slipway.disk.DiskPartition;
import dev.slipway.disk.WrittenImage;
import dev.slipway.spec.ImageSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;

/**
 * The JSON that accompanies an image: what is in it, where, and the digests to check it by. A
 * function of the build's inputs.
 */
record Manifest(
    ImageSpec spec,
    long timeSeconds,
    List<Package> packages,
    Accounts accounts,
    DiskImage disk,
    long usedBytes,
    WrittenImage written) {

  /** A package of the image. */
  record Package(String name, String version, String architecture, String sha256) {}

  byte[] bytes() throws IOException {
    var out = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(out)) {
      var printer = new DefaultPrettyPrinter();
      printer.indentArraysWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
      printer.indentObjectsWith(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));
      json.setPrettyPrinter(printer);
      json.writeStartObject();
      json.writeStringField("name", spec.name());
      json.writeStringField("version", spec.version());
      json.writeStringField("tool", "slipway " + Tool.VERSION);
      json.writeStringField("distribution", spec.distribution());
      json.writeStringField("suite", spec.suite());
      json.writeStringField("architecture", spec.architecture());
      json.writeNumberField("time", timeSeconds);
      image(json);
      partitions(json);
      slots(json);
      packages(json);
      accounts(json);
      json.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  private void image(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("image");
    json.writeStringField("file", spec.title() + ".img");
    json.writeNumberField("size", written.sizeBytes());
    json.writeStringField("digest", written.digest().hex());
    json.writeStringField("digestOf", written.listing());
    json.writeEndObject();
  }

  private void partitions(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("partitions");
    for (DiskPartition partition : disk.partitions()) {
      json.writeStartObject();
      json.writeNumberField("number", partition.number());
      json.writeStringField("name", partition.name());
      json.writeStringField("id", partition.entry().id().toString());
      json.writeStringField("type", partition.entry().type().id().toString());
      json.writeNumberField("offset", partition.offsetBytes());
      json.writeNumberField("size", partition.sizeBytes());
      if (written.part(partition.name()).isPresent()) {
        json.writeStringField("sha256", written.part(partition.name()).get().digest().hex());
      }
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void slots(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("slots");
    slot(json, "A", DiskLayout.ROOT_A, true);
    slot(json, "B", DiskLayout.ROOT_B, false);
    json.writeEndArray();
  }

  private void slot(JsonGenerator json, String slot, String name, boolean filled)
      throws IOException {
    if (disk.partition(name).isEmpty()) {
      return;
    }
    json.writeStartObject();
    json.writeStringField("slot", slot);
    json.writeStringField("partition", name);
    json.writeBooleanField("filled", filled);
    if (filled) {
      json.writeNumberField("used", usedBytes);
      json.writeStringField("sha256", written.part(name).orElseThrow().digest().hex());
    }
    json.writeEndObject();
  }

  private void packages(JsonGenerator json) throws IOException {
    json.writeArrayFieldStart("packages");
    for (Package each : packages) {
      json.writeStartObject();
      json.writeStringField("name", each.name());
      json.writeStringField("version", each.version());
      json.writeStringField("architecture", each.architecture());
      json.writeStringField("sha256", each.sha256());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void accounts(JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("users");
    for (Accounts.User user : accounts.users()) {
      json.writeNumberField(user.name(), user.uid());
    }
    json.writeEndObject();
    json.writeObjectFieldStart("groups");
    for (Accounts.Group group : accounts.groups()) {
      json.writeNumberField(group.name(), group.gid());
    }
    json.writeEndObject();
  }
}
