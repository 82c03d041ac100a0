package dev.kakehashi.state.engine;

import dev.kakehashi.linux.IpAddresses;
import dev.kakehashi.linux.MacAddress;
import dev.kakehashi.linux.file.AtomicFile;
import dev.kakehashi.state.FdbEntry;
import dev.kakehashi.state.Filter;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Qdisc;
import dev.kakehashi.state.ResourceKey;
import dev.kakehashi.state.Sysctl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Prior values in a file. Its first line is the id of the boot: what was before another boot says
 * nothing of this one's kernel. Each other line is one value, its fields apart by tabs.
 */
final class PriorValuesFile implements PriorValues {
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final int MODE = 0600;

    private record Where(NamespaceId namespace, ResourceKey key) {}

    private final Path file;
    private final String bootId;
    private final Map<Where, String> values = new LinkedHashMap<>();

    private PriorValuesFile(Path file, String bootId) {
        this.file = file;
        this.bootId = bootId;
    }

    static PriorValuesFile open(Path file) throws IOException {
        PriorValuesFile values = new PriorValuesFile(file, Files.readString(BOOT_ID).strip());
        AtomicFile.removeLeftovers(file);
        values.load();
        return values;
    }

    private void load() throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            return;
        }
        if (lines.isEmpty() || !lines.getFirst().equals(bootId)) {
            return;
        }
        for (String line : lines.subList(1, lines.size())) {
            try {
                read(List.of(line.split("\t", -1)));
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IOException(
                        file + " is damaged, remove it to go on without: \"" + line + "\"", e);
            }
        }
    }

    private void read(List<String> fields) {
        ResourceKey key =
                switch (fields.get(1)) {
                    case "sysctl" -> new Sysctl.Key(fields.get(2));
                    case "fdb" ->
                            new FdbEntry.Key(
                                    fields.get(2),
                                    MacAddress.parse(fields.get(3)),
                                    fields.get(4).isEmpty()
                                            ? OptionalInt.empty()
                                            : OptionalInt.of(Integer.parseInt(fields.get(4))),
                                    fields.get(5).isEmpty()
                                            ? Optional.empty()
                                            : Optional.of(IpAddresses.parse(fields.get(5))));
                    case "qdisc" ->
                            new Qdisc.Key(fields.get(2), Qdisc.Place.valueOf(fields.get(3)));
                    case "filter" ->
                            new Filter.Key(
                                    fields.get(2),
                                    Filter.Direction.valueOf(fields.get(3)),
                                    Integer.parseInt(fields.get(4)));
                    default -> throw new IllegalArgumentException(fields.get(1));
                };
        values.put(
                new Where(new NamespaceId(fields.getFirst()), key),
                fields.getLast().replace("\\t", "\t"));
    }

    private static String text(ResourceKey key) {
        return switch (key) {
            case Sysctl.Key sysctl -> "sysctl\t" + sysctl.file();
            case FdbEntry.Key entry ->
                    "fdb\t"
                            + entry.device()
                            + "\t"
                            + entry.mac()
                            + "\t"
                            + (entry.vlan().isPresent() ? entry.vlan().getAsInt() : "")
                            + "\t"
                            + entry.among().map(IpAddresses::format).orElse("");
            case Qdisc.Key qdisc -> "qdisc\t" + qdisc.device() + "\t" + qdisc.place();
            case Filter.Key filter ->
                    "filter\t"
                            + filter.device()
                            + "\t"
                            + filter.direction()
                            + "\t"
                            + filter.priority();
            default -> throw new IllegalArgumentException(key + " bears a mark");
        };
    }

    private void store() throws IOException {
        StringBuilder text = new StringBuilder(bootId).append('\n');
        values.forEach((where, value) ->
                text.append(where.namespace)
                        .append('\t')
                        .append(text(where.key))
                        .append('\t')
                        .append(value.replace("\t", "\\t"))
                        .append('\n'));
        AtomicFile.write(file, text.toString().getBytes(StandardCharsets.UTF_8), MODE);
    }

    @Override
    public synchronized Optional<String> find(NamespaceId namespace, ResourceKey key) {
        return Optional.ofNullable(values.get(new Where(namespace, key)));
    }

    @Override
    public synchronized void record(NamespaceId namespace, ResourceKey key, String value)
            throws IOException {
        if (values.putIfAbsent(new Where(namespace, key), value) == null) {
            store();
        }
    }

    @Override
    public synchronized void forget(NamespaceId namespace, ResourceKey key) throws IOException {
        if (values.remove(new Where(namespace, key)) != null) {
            store();
        }
    }
}
