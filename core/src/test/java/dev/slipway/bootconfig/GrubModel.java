// SPDX-License-Identifier: Apache-2.0
package dev.slipway.bootconfig;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * GRUB, as far as our scripts need it: it runs the very text that goes to the disk. Environment
 * blocks are read and written by the rules of GRUB 2.06's {@code lib/envblk.c}, of which only the
 * signature is checked.
 *
 * <pre>{@code
 * GrubModel grub = GrubModel.script(menu).with(Set.of("gpt3"), block1, block2);
 * assertThat(grub.start()).isEqualTo("A");
 * }</pre>
 */
public final class GrubModel {
  private static final byte[] SIGNATURE =
      "# GRUB Environment Block\n".getBytes(StandardCharsets.US_ASCII);

  /** What a start led to when another boot loader was started. */
  public static final String HANDED_OVER = "another boot loader";

  /** What a start led to when no kernel was started. */
  public static final String REBOOT = "reboot";

  private final GrubScriptParser.Block script;
  private final Set<String> kernels;
  private final byte[][] blocks;
  private final Map<String, String> variables = new HashMap<>();
  private final Map<String, GrubScriptParser.Block> functions = new HashMap<>();
  private final Map<String, GrubScriptParser.Block> entries = new HashMap<>();
  private final List<Integer> written = new ArrayList<>();
  private final StringBuilder console = new StringBuilder();
  private boolean writable = true;
  private Set<String> broken = Set.of();
  private String platform = "pc";
  private int place = 1;
  private Set<String> loaders = Set.of("(hd0,gpt1)1023+1", "(hd0,gpt1)2047+1");
  private String loaded;
  private String outcome;

  private GrubModel(GrubScriptParser.Block script, Set<String> kernels, byte[][] blocks) {
    this.script = script;
    this.kernels = kernels;
    this.blocks = blocks;
  }

  /** A script, read once and run often. */
  public static final class Script {
    private final GrubScriptParser.Block parsed;

    private Script(GrubScriptParser.Block parsed) {
      this.parsed = parsed;
    }

    /**
     * A machine that is about to start.
     *
     * @param kernels partitions that hold a kernel and an initramfs, such as {@code gpt3}
     * @param blocks the files grubenv.1 and grubenv.2; null for one that cannot be read
     */
    public GrubModel with(Set<String> kernels, byte[]... blocks) {
      byte[][] copies = new byte[blocks.length][];
      for (int i = 0; i < blocks.length; i++) {
        copies[i] = blocks[i] == null ? null : blocks[i].clone();
      }
      return new GrubModel(parsed, kernels, copies);
    }
  }

  /** The script of a menu. */
  public static Script script(BootMenu menu) {
    return script(menu.grubConfiguration());
  }

  /** The script as it stands in a file. */
  public static Script script(String text) {
    return new Script(GrubScriptParser.parse(text));
  }

  /** With blocks that cannot be written. */
  public GrubModel readOnly() {
    writable = false;
    return this;
  }

  /** With partitions whose kernel is there and cannot be loaded. */
  public GrubModel withBroken(Set<String> partitions) {
    broken = partitions;
    return this;
  }

  /** As the boot loader of a BIOS that lies in a place, with the others that can be loaded. */
  public GrubModel in(int newPlace, Set<String> loadable) {
    place = newPlace;
    loaders = loadable;
    return this;
  }

  /** As the boot loader of UEFI firmware, with the other programs that can be loaded. */
  public GrubModel underUefi(int newPlace, Set<String> loadable) {
    platform = "efi";
    return in(newPlace, loadable);
  }

  /** Runs the script and its default entry: the {@code slipway.slot} that was started. */
  public String start() {
    variables.put("prefix", "(hd0,gpt2)/EFI/debian");
    variables.put("grub_platform", platform);
    variables.put("grub_cpu", platform.equals("pc") ? "i386" : "x86_64");
    variables.put("cmdpath", platform.equals("pc") ? "(hd0," + place + ")" : "(hd0,gpt2)/EFI/BOOT");
    run(script);
    if (outcome != null) {
      return outcome;
    }
    GrubScriptParser.Block entry = entries.get(variables.get("default"));
    if (entry == null) {
      throw new AssertionError("no entry " + variables.get("default") + " in " + entries.keySet());
    }
    run(entry);
    if (outcome == null) {
      throw new AssertionError("the entry ended and nothing was started; console:\n" + console);
    }
    return outcome;
  }

  /** The blocks as they are now. */
  public byte[][] blocks() {
    return blocks;
  }

  /** Which blocks were written, 0 or 1, in this order. */
  public List<Integer> written() {
    return written;
  }

  public String console() {
    return console.toString();
  }

  public String variable(String name) {
    return variables.getOrDefault(name, "");
  }

  private boolean run(GrubScriptParser.Block block) {
    boolean last = true;
    for (GrubScriptParser.Statement statement : block.statements()) {
      if (outcome != null) {
        return last;
      }
      last = run(statement);
      if (returned) {
        return last;
      }
    }
    return last;
  }

  private boolean returned;

  private boolean run(GrubScriptParser.Statement statement) {
    if (statement instanceof GrubScriptParser.If choice) {
      for (GrubScriptParser.Branch branch : choice.branches()) {
        if (branch.condition() == null || run(branch.condition())) {
          return run(branch.body());
        }
      }
      return true;
    }
    if (statement instanceof GrubScriptParser.For loop) {
      for (String word : expand(loop.words())) {
        variables.put(loop.variable(), word);
        run(loop.body());
      }
      return true;
    }
    if (statement instanceof GrubScriptParser.Define define) {
      (define.entry() ? entries : functions).put(define.name(), define.body());
      return true;
    }
    return command(expand(((GrubScriptParser.Command) statement).words()));
  }

  private List<String> expand(List<GrubScriptParser.Word> words) {
    var all = new ArrayList<String>();
    words.forEach(word -> word.expandInto(all, name -> variables.getOrDefault(name, "")));
    return all;
  }

  private boolean command(List<String> words) {
    String name = words.get(0);
    if (functions.containsKey(name)) {
      boolean result = run(functions.get(name));
      returned = false;
      return result;
    }
    return switch (name) {
      case "set" -> set(words.get(1));
      case "[" -> test(words.subList(1, words.size() - 1));
      case "true", "serial", "terminal_input", "terminal_output", "sleep" -> true;
      case "echo" -> console.append(words.get(1)).append('\n') != null;
      case "regexp" -> set(words.get(1).endsWith(":place") ? "place=" + place : "disk=hd0");
      case "chainloader" -> loaders.contains(words.get(1)) && (loaded = HANDED_OVER) != null;
      case "load_env" -> load(words);
      case "save_env" -> save(words);
      case "linux" -> linux(words);
      case "initrd" -> loaded != null;
      case "boot" -> end(loaded);
      case "reboot" -> end(REBOOT);
      case "return" -> {
        returned = true;
        yield words.get(1).equals("0");
      }
      default -> throw new AssertionError("GRUB's model has no command " + words);
    };
  }

  private boolean end(String how) {
    outcome = how;
    return true;
  }

  private boolean set(String assignment) {
    int equals = assignment.indexOf('=');
    variables.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    return true;
  }

  private boolean test(List<String> words) {
    int and = words.indexOf("-a");
    if (and >= 0) {
      return test(words.subList(0, and)) && test(words.subList(and + 1, words.size()));
    }
    if (words.size() == 2) {
      return switch (words.get(0)) {
        case "-z" -> words.get(1).isEmpty();
        case "-n" -> !words.get(1).isEmpty();
        case "-f" ->
            words.get(1).equals("(hd0,gpt2)/EFI/BOOT/" + LoaderPlaces.EFI_PLACE_FILE + place);
        case "-s" -> kernels.stream().anyMatch(k -> words.get(1).startsWith("(hd0," + k + ")/"));
        default -> throw new AssertionError("GRUB's model has no test " + words);
      };
    }
    boolean equal = words.get(0).equals(words.get(2));
    return words.get(1).equals("=") ? equal : !equal;
  }

  private boolean linux(List<String> words) {
    String root = variables.get("root").replace("hd0,", "");
    if (!kernels.contains(root) || broken.contains(root)) {
      return false;
    }
    loaded =
        words.stream()
            .filter(word -> word.startsWith("slipway.slot="))
            .map(word -> word.substring(13))
            .findFirst()
            .orElseThrow();
    return true;
  }

  private int block(List<String> words) {
    String path = words.get(words.indexOf("--file") + 1);
    if (!path.startsWith(variables.get("prefix") + "/grubenv.")) {
      throw new AssertionError("an unexpected path: " + path);
    }
    return path.charAt(path.length() - 1) - '1';
  }

  private static boolean recognised(byte[] block) {
    return block != null
        && block.length >= SIGNATURE.length
        && Arrays.equals(SIGNATURE, 0, SIGNATURE.length, block, 0, SIGNATURE.length);
  }

  private boolean load(List<String> words) {
    byte[] block = blocks[block(words)];
    if (!recognised(block)) {
      return false;
    }
    List<String> names = words.subList(words.indexOf("--file") + 2, words.size());
    EnvironmentRules.iterate(
        block,
        SIGNATURE.length,
        (name, value) -> {
          if (names.contains(name)) {
            variables.put(name, value);
          }
        });
    return true;
  }

  private boolean save(List<String> words) {
    int number = block(words);
    if (!recognised(blocks[number])) {
      return false;
    }
    byte[] changed = blocks[number].clone();
    for (String name : words.subList(words.indexOf("--file") + 2, words.size())) {
      if (variables.containsKey(name)
          && !EnvironmentRules.set(changed, SIGNATURE.length, name, variables.get(name))) {
        return false;
      }
    }
    if (!writable) {
      return false;
    }
    blocks[number] = changed;
    written.add(number);
    return true;
  }
}
