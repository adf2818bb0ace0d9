// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.ostree.KeyFile;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.Remote;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

@Command(name = "remote", description = "Adds, lists and deletes remotes.")
final class OstreeRemote implements Runnable {
  @ParentCommand OstreeCommand ostree;

  @Spec CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  @Command(name = "add", description = "Adds a remote.")
  int add(
      @Parameters(paramLabel = "NAME", description = "Its name.") String name,
      @Parameters(paramLabel = "URL", description = "Where its repository is.") URI url,
      @Option(names = "--no-gpg-verify", description = "Take commits without a signature.")
          boolean noGpgVerify,
      @Option(
              names = "--gpg-import",
              paramLabel = "FILE",
              description = "OpenPGP keys whose signatures count.")
          Path keys,
      @Option(
              names = "--set",
              paramLabel = "KEY=VALUE",
              description = "A further line of the configuration.")
          Map<String, String> settings)
      throws IOException {
    OstreeRepository repository = ostree.open();
    String group = Remote.group(name);
    KeyFile config = repository.config();
    if (config.groups().contains(group)) {
      throw new IOException("remote \"" + name + "\" is there already");
    }
    config = config.with(group, "url", url.toString());
    if (noGpgVerify) {
      config = config.with(group, "gpg-verify", "false");
    }
    for (var each :
        (settings == null ? new LinkedHashMap<String, String>() : settings).entrySet()) {
      config = config.with(group, each.getKey(), each.getValue());
    }
    if (keys != null) {
      repository.trust(name, Files.readAllBytes(keys));
    }
    repository.withConfig(config);
    return 0;
  }

  @Command(name = "list", description = "Lists remotes.")
  int list(@Option(names = "--json", description = "Print JSON instead of text.") boolean json)
      throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    KeyFile config = ostree.open().config();
    var addresses = new LinkedHashMap<String, String>();
    for (String group : config.groups()) {
      if (group.matches("remote \".*\"")) {
        String name = group.substring("remote \"".length(), group.length() - 1);
        addresses.put(name, config.get(group, "url").orElse(""));
      }
    }
    if (json) {
      JsonText.print(
          out,
          generator -> {
            generator.writeStartObject();
            for (var each : addresses.entrySet()) {
              generator.writeStringField(each.getKey(), each.getValue());
            }
            generator.writeEndObject();
          });
    } else {
      addresses.forEach((name, url) -> out.println(name + "  " + url));
    }
    out.flush();
    return 0;
  }

  @Command(name = "delete", description = "Deletes a remote.")
  int delete(@Parameters(paramLabel = "NAME", description = "Its name.") String name)
      throws IOException {
    OstreeRepository repository = ostree.open();
    if (!repository.config().groups().contains(Remote.group(name))) {
      throw new IOException("no remote \"" + name + "\"");
    }
    repository.withConfig(repository.config().without(Remote.group(name)));
    return 0;
  }
}
