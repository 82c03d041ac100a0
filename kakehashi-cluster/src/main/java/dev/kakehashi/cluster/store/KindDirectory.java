package dev.kakehashi.cluster.store;

import dev.kakehashi.cluster.ClusterObject;
import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Tree;
import dev.kakehashi.cluster.yaml.YamlText;
import dev.kakehashi.linux.file.AtomicFile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The files of one kind: reading and writing single objects, and the view of all of them that
 * watches follow. What changes a file wants {@link StoreLock.Held}, the proof that the caller is
 * the only writer.
 */
final class KindDirectory<T extends ClusterObject> {
    private static final int READABLE = 0644;

    private final Kind<T> kind;
    private final Path directory;
    private final DirectoryView<T> view;

    KindDirectory(Kind<T> kind, Path root) {
        this.kind = kind;
        this.directory = root.resolve(kind.plural());
        this.view = new DirectoryView<>(kind, directory);
    }

    Kind<T> kind() {
        return kind;
    }

    Path directory() {
        return directory;
    }

    DirectoryView<T> view() {
        return view;
    }

    Listing<T> list() throws StoreException {
        return view.list();
    }

    Watch watch(Revision from, Consumer<StoreEvent<T>> consumer) throws StoreException {
        return view.watch(from, consumer);
    }

    Optional<Stored<T>> find(String name) throws StoreException {
        Optional<ObjectFile> file = read(name);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(file.get().decode(kind, name));
        } catch (InvalidObjectException e) {
            throw new StoreException(e.getMessage(), e);
        }
    }

    Stored<T> create(T object, StoreLock.Held held) throws StoreException {
        if (Files.exists(ObjectFile.path(directory, object.name()))) {
            throw new ConflictException(kind.singular() + " " + object.name() + " exists already");
        }
        return write(object, YamlText.write(kind.encode(object)));
    }

    Stored<T> replace(T object, Version expected, StoreLock.Held held) throws StoreException {
        ObjectFile current = expect(object.name(), expected);
        Tree tree = kind.encode(object);
        try {
            return write(object, YamlText.rewrite(current.source(), current.text(), tree));
        } catch (InvalidObjectException e) {
            throw new ConflictException(e.getMessage());
        }
    }

    void remove(String name, Version expected, StoreLock.Held held) throws StoreException {
        expect(name, expected);
        try {
            Files.delete(ObjectFile.path(directory, name));
            AtomicFile.sync(directory);
        } catch (IOException e) {
            throw failed("remove", name, e);
        }
        view.confirmRemoved(name);
    }

    private ObjectFile expect(String name, Version expected) throws StoreException {
        ObjectFile current =
                read(name)
                        .orElseThrow(() ->
                                new ConflictException(kind.singular() + " " + name + " is gone"));
        if (!current.version().equals(expected)) {
            throw new ConflictException(
                    kind.singular()
                            + " "
                            + name
                            + " changed: version "
                            + current.version()
                            + ", not "
                            + expected);
        }
        return current;
    }

    private Optional<ObjectFile> read(String name) throws StoreException {
        try {
            return Optional.of(ObjectFile.read(directory, name));
        } catch (NoSuchFileException e) {
            if (Files.isDirectory(directory)) {
                return Optional.empty();
            }
            throw failed("read", name, e);
        } catch (IOException e) {
            throw failed("read", name, e);
        }
    }

    /** Writes only what can be read again: nobody else's agent is to stumble over our objects. */
    private Stored<T> write(T object, String text) throws StoreException {
        ObjectFile file = ObjectFile.of(directory, object.name(), text);
        Stored<T> stored;
        try {
            stored = file.decode(kind, object.name());
        } catch (InvalidObjectException e) {
            throw new StoreException("refused to write what cannot be read: " + e.getMessage(), e);
        }
        try {
            Path path = ObjectFile.path(directory, object.name());
            AtomicFile.removeLeftovers(path);
            AtomicFile.write(path, text.getBytes(StandardCharsets.UTF_8), READABLE);
        } catch (IOException e) {
            throw failed("write", object.name(), e);
        }
        return stored;
    }

    private StoreException failed(String verb, String name, IOException e) {
        return new StoreException(
                "cannot " + verb + " " + kind.singular() + " " + name + ": " + IoReason.of(e), e);
    }
}
