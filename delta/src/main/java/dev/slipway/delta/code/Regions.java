// SPDX-License-Identifier: Apache-2.0
package dev.slipway.delta.code;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/** Chooses the model for each section of an old file. */
final class Regions {
  private static final Set<String> POINTERS =
      Set.of(".init_array", ".fini_array", ".data.rel.ro", ".got", ".got.plt", ".data");

  private static final Set<String> RELATIVE_WORDS =
      Set.of(
          "__ksymtab",
          "__ksymtab_gpl",
          "__ex_table",
          "__bug_table",
          ".orc_unwind_ip",
          ".retpoline_sites",
          ".return_sites",
          ".altinstructions",
          ".smp_locks",
          ".pci_fixup");

  /** Each keeps some blocks in memory; a module has ten, most of them small. */
  private static final int CODE_SECTIONS_MOST = 32;

  /** No two overlap; in the order of the file. */
  private final List<Region> regions = new ArrayList<>();

  private final PagedBytes file;
  private final AddressMap map;
  private final CodeContext context;
  private final BtfSide types; // null: none that are known
  private final SymbolTable[] symbols;
  private long end; // of the last region
  private int codeSections;

  private Regions(PagedBytes file, AddressMap map, CodeContext context, BtfSide types) {
    this.file = file;
    this.map = map;
    this.context = context;
    this.types = types;
    List<Section> sections = map.layout().before.sections;
    symbols = new SymbolTable[sections.size()];
    for (int i = 0; i < symbols.length; i++) {
      int type = sections.get(i).type();
      if ((type == Section.SYMTAB || type == Section.DYNSYM) && inFile(sections.get(i))) {
        symbols[i] = new SymbolTable(file, i, map);
      }
    }
  }

  static List<Region> of(PagedBytes file, AddressMap map, CodeContext context, BtfSide types)
      throws IOException {
    var chosen = new Regions(file, map, context, types);
    chosen.add(24, 32, new EntryPoint(file));
    for (int index : chosen.inOrder()) {
      chosen.add(index);
    }
    if (chosen.kernelImage()) {
      chosen.addKernelPlaces();
    }
    return List.copyOf(chosen.regions);
  }

  /** The numbers of the sections as they lie in the file. */
  private List<Integer> inOrder() {
    List<Section> sections = map.layout().before.sections;
    var order = new ArrayList<Integer>();
    for (int i = 0; i < sections.size(); i++) {
      if (inFile(sections.get(i))) {
        order.add(i);
      }
    }
    order.sort(Comparator.comparingLong(i -> sections.get(i).offset()));
    return order;
  }

  /** Adds the model of a section, unless it overlaps one that has a model. */
  private void add(int index) throws IOException {
    Section section = map.before().section(index);
    if (section.offset() >= end) {
      FieldModel model = model(index, section);
      if (model != null) {
        add(section.offset(), section.endOffset(), model);
      }
    }
  }

  private void add(long start, long until, FieldModel model) {
    regions.add(new Region(start, until, model));
    end = until;
  }

  private boolean absolute() {
    return map.layout().before.type == ElfHeaders.EXECUTABLE;
  }

  private boolean inFile(Section section) {
    return section.fileSize() > 0 && file.has(section.offset(), section.fileSize());
  }

  private FieldModel model(int index, Section section) throws IOException {
    boolean x86 = map.layout().before.machine == ElfHeaders.X86_64;
    long address = map.before().address(index);
    if (section.executable()) {
      if (codeSections++ >= CODE_SECTIONS_MOST) {
        return null;
      }
      return x86
          ? new X86Code(file, section, address, map, absolute())
          : new ArmCode(file, section, address, map);
    }
    if (section.type() == Section.RELA) {
      int link = section.link();
      SymbolTable table = link >= 0 && link < symbols.length ? symbols[link] : null;
      return new Relocations(file, index, map, table);
    }
    if (symbols[index] != null) {
      return symbols[index];
    }
    FieldModel kernel = kernel(index, section);
    if (kernel != null || map.layout().before.relocatable()) {
      return kernel; // in other sections of a relocatable file there is nothing yet
    }
    return loaded(index, section, address);
  }

  private FieldModel kernel(int index, Section section) throws IOException {
    switch (section.name()) {
      case ".BTF":
        Btf layout = BtfSide.layout(file, map.layout().before, context);
        boolean known =
            layout != null && types != null && map.layout().before.find(section.name()) == index;
        return known ? new BtfModel(file, index, section, layout, context.types(), types) : null;
      case "__versions":
        return new SymbolVersions(file, section, SymbolVersions.NAMED_BYTES, context.checksums());
      case "__kcrctab", "__kcrctab_gpl":
        return new SymbolVersions(file, section, SymbolVersions.PLAIN_BYTES, context.checksums());
      default:
        return null;
    }
  }

  /** Whether the file is a kernel: the only program that exports symbols to modules. */
  private boolean kernelImage() {
    return absolute() && map.layout().before.find("__ksymtab") >= 0;
  }

  /** What lies behind the headers of a kernel is a list of places to adjust when it is moved. */
  private void addKernelPlaces() {
    ElfHeaders before = map.layout().before;
    long start =
        before.sectionHeaderOffset + (long) before.sections.size() * ElfHeaders.SECTION_BYTES;
    if (start >= end && start < file.size()) {
      add(start, file.size(), new KernelPlaces(file, start, map));
    }
  }

  private FieldModel loaded(int index, Section section, long address) throws IOException {
    if (kernelImage()) {
      return RELATIVE_WORDS.contains(section.name())
          ? new RelativeWords(file, section, address, map)
          : new Pointers(file, section, map);
    }
    if (POINTERS.contains(section.name())) {
      return new Pointers(file, section, map);
    }
    switch (section.name()) {
      case ".eh_frame":
        return section.size() <= UnwindEntries.SECTION_BYTES_MOST
            ? new UnwindEntries(file, section, address, map)
            : null;
      case ".eh_frame_hdr":
        int to = map.layout().newIndex(index);
        return to < 0 ? null : new UnwindTable(file, section, address, map.after().address(to));
      case ".dynamic":
        return new DynamicSection(file, section, map);
      default:
        return null;
    }
  }
}
