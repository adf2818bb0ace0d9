// SPDX-License-Identifier: Apache-2.0
package dev.slipway.examples.cli;

import dev.slipway.digest.Digest;
import dev.slipway.ostree.CanonicalPermissions;
import dev.slipway.ostree.CommitInfo;
import dev.slipway.ostree.Committed;
import dev.slipway.ostree.OstreeRepository;
import dev.slipway.ostree.Signing;
import dev.slipway.ostree.TransactionReport;
import dev.slipway.ostree.gvariant.Variant;
import dev.slipway.tree.Node.Inode;
import dev.slipway.tree.Tree;
import dev.slipway.tree.Xattrs;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "commit", description = "Commits a tree, and prints the commit's checksum.")
final class OstreeCommit extends OstreeTask {
  @Option(
      names = {"-b", "--branch"},
      paramLabel = "REF",
      description = "The ref that will point at the commit.")
  String branch;

  @Option(names = "--orphan", description = "Write no ref.")
  boolean orphan;

  @Option(
      names = {"-s", "--subject"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "One line about it.")
  String subject;

  @Option(
      names = {"-m", "--body"},
      paramLabel = "TEXT",
      defaultValue = "",
      description = "More about it.")
  String body;

  @Option(
      names = "--timestamp",
      paramLabel = "TIME",
      description = "@SECONDS, 2026-01-31 or an RFC 3339 time. Default: now.")
  String timestamp;

  @Option(
      names = "--parent",
      paramLabel = "COMMIT",
      description = "The version before, or none. Default: what the branch points at.")
  String parent;

  @Option(
      names = "--tree",
      paramLabel = "tar=FILE|dir=DIR|ref=COMMIT",
      required = true,
      description = "What to commit; several are laid over each other in order.")
  List<String> trees;

  @Option(
      names = "--add-metadata-string",
      paramLabel = "KEY=VALUE",
      description = "A further fact, such as version=1.2.")
  Map<String, String> strings = new LinkedHashMap<>();

  @Option(names = "--owner-uid", paramLabel = "UID", description = "Owner of everything.")
  Long uid;

  @Option(names = "--owner-gid", paramLabel = "GID", description = "Group of everything.")
  Long gid;

  @Option(names = "--no-xattrs", description = "Leave extended attributes out.")
  boolean noXattrs;

  @Option(
      names = "--canonical-permissions",
      description = "Root owns everything, nobody else may write, nothing is setuid.")
  boolean canonical;

  @Option(
      names = "--skip-list",
      paramLabel = "FILE",
      description = "Leave out the paths that a file names, one on each line.")
  Path skipList;

  @Option(names = "--no-bindings", description = "Do not say for which refs the commit is made.")
  boolean noBindings;

  @Option(names = "--bind-ref", paramLabel = "REF", description = "A further ref it is made for.")
  List<String> bindRefs = List.of();

  @Option(names = "--table-output", description = "Say what was new.")
  boolean table;

  @Mixin OstreeSigningOptions signing;

  @Override
  int run(PrintWriter out) throws IOException {
    if ((branch == null) != orphan) {
      throw new IllegalArgumentException("name a --branch, or say --orphan");
    }
    OstreeRepository repository = open();
    List<Signing> signings = signing.signings(Clock.systemUTC().instant());
    Committed done;
    try (ConsoleProgress progress = ConsoleProgress.standard();
        OstreeInputs inputs = new OstreeInputs(repository)) {
      Tree tree = inputs.read(trees);
      if (skipList != null) {
        tree = OstreeSkipList.read(skipList).without(tree);
      }
      tree = tree.mapped((path, inode) -> changed(inode));
      tree = canonical ? CanonicalPermissions.of(tree) : tree;
      done = repository.commit(tree, info(repository), ostree.threads(), progress);
    }
    for (Signing each : signings) {
      repository.signCommit(done.checksum(), each);
    }
    if (table) {
      print(done.checksum(), done.report(), out);
    } else {
      out.println(done.checksum());
    }
    return 0;
  }

  private CommitInfo info(OstreeRepository repository) throws IOException {
    long seconds =
        timestamp == null
            ? Clock.systemUTC().instant().getEpochSecond()
            : Timestamps.parse(timestamp).getEpochSecond();
    CommitInfo info = CommitInfo.of(subject, seconds).withBody(body).boundTo(bindRefs);
    info = orphan ? info : info.onBranch(branch);
    if (parent != null) {
      info =
          info.withParent(
              parent.equals("none") ? Optional.empty() : Optional.of(repository.resolve(parent)));
    }
    for (Map.Entry<String, String> each : strings.entrySet()) {
      info = info.with(each.getKey(), Variant.text(each.getValue()));
    }
    return noBindings ? info.withoutBinding() : info;
  }

  private Inode changed(Inode inode) {
    var metadata = inode.metadata();
    metadata =
        metadata.withOwner(uid == null ? metadata.uid() : uid, gid == null ? metadata.gid() : gid);
    return inode.withMetadata(noXattrs ? metadata.withXattrs(Xattrs.NONE) : metadata);
  }

  private static void print(Digest commit, TransactionReport report, PrintWriter out) {
    out.println("Commit: " + commit);
    out.println("Metadata Total: " + report.metadataSeen());
    out.println("Metadata Written: " + report.metadataWritten());
    out.println("Content Total: " + report.contentsSeen());
    out.println("Content Written: " + report.contentsWritten());
    out.println("Content Bytes Written: " + report.contentBytesWritten());
  }
}
