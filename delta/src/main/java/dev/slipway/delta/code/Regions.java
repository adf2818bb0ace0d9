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

  /** No two overlap; in the order of the file. */
  private final List<Region> regions = new ArrayList<>();

  private final PagedBytes file;
  private final AddressMap map;
  private final CodeContext context;
  private final BtfSide types; // null: none that are known
  private final SymbolTable[] symbols;

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
    chosen.regions.add(new Region(24, 32, new EntryPoint(file)));
    List<Section> sections = map.layout().before.sections;
    for (int i = 0; i < sections.size(); i++) {
      Section section = sections.get(i);
      FieldModel model = chosen.inFile(section) ? chosen.model(i, section) : null;
      if (model != null) {
        chosen.regions.add(new Region(section.offset(), section.endOffset(), model));
      }
    }
    if (chosen.kernelImage()) {
      chosen.addKernelPlaces();
    }
    chosen.regions.sort(Comparator.comparingLong(Region::start));
    return chosen.withoutOverlaps();
  }

  private boolean absolute() {
    return map.layout().before.type == ElfHeaders.EXECUTABLE;
  }

  private boolean inFile(Section section) {
    return section.fileSize() > 0 && file.has(section.offset(), section.fileSize());
  }

  private List<Region> withoutOverlaps() {
    var kept = new ArrayList<Region>();
    long end = 0;
    for (Region region : regions) {
      if (region.start() >= end) {
        kept.add(region);
        end = region.end();
      }
    }
    return List.copyOf(kept);
  }

  private FieldModel model(int index, Section section) throws IOException {
    boolean x86 = map.layout().before.machine == ElfHeaders.X86_64;
    long address = map.before().address(index);
    if (section.executable()) {
      return x86 ? new X86Code(file, section, address, map, absolute()) : null;
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
        boolean known = layout != null && types != null;
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
    if (start < file.size()) {
      regions.add(new Region(start, file.size(), new KernelPlaces(file, start, map)));
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
