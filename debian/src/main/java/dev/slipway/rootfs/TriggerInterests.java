// SPDX-License-Identifier: Apache-2.0
package dev.slipway.rootfs;

import dev.slipway.deb.ControlFile;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which packages want to hear of which triggers, as dpkg's records say it.
 *
 * <pre>
 * triggers/File   PATH PACKAGE[/noawait], one a line: triggers that files set off
 * triggers/NAME   PACKAGE[/noawait], one a line: triggers that scripts set off
 * </pre>
 *
 * @see <a
 *     href="https://manpages.debian.org/bookworm/dpkg-dev/deb-triggers.5.en.html">deb-triggers(5)</a>
 */
final class TriggerInterests {
  private static final String FILE_TRIGGERS = "File";
  private static final String NO_AWAIT = "/noawait";

  private TriggerInterests() {}

  /** The texts of the records by their names. */
  static SortedMap<String, String> records(Collection<DebPackage> packages) {
    var records = new TreeMap<String, String>();
    for (DebPackage about : packages) {
      ControlFile triggers = about.files().get("triggers");
      if (triggers != null) {
        triggers.text().lines().forEach(line -> note(line, about, records));
      }
    }
    return Collections.unmodifiableSortedMap(records);
  }

  private static void note(String line, DebPackage about, SortedMap<String, String> records) {
    String[] words = line.replaceFirst("#.*", "").strip().split("\\s+");
    if (words.length != 2 || !words[0].matches("interest(-await|-noawait)?")) {
      return;
    }
    String trigger = words[1];
    String who = about.databaseName() + (words[0].endsWith("-noawait") ? NO_AWAIT : "");
    if (trigger.startsWith("/")) {
      records.merge(FILE_TRIGGERS, trigger + " " + who + "\n", String::concat);
    } else if (trigger.matches("[A-Za-z0-9+._-]+") && !trigger.startsWith(".")) {
      records.merge(trigger, who + "\n", String::concat);
    }
  }
}
