package dev.kakehashi.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The sandboxes of a lab that are open in this process: one thread a node. */
final class NodeSandboxes implements AutoCloseable {
    private final LabDirectory directory;
    private final Map<String, NodeSandbox> open = new LinkedHashMap<>();

    NodeSandboxes(LabDirectory directory) {
        this.directory = directory;
    }

    /** Makes the node's mount namespace. */
    NodeSandbox create(LabNode node) throws IOException {
        return create(node, LabDirectory.HIDDEN);
    }

    /** The same, with folders of its own in place of {@code hidden}. */
    NodeSandbox create(LabNode node, List<Path> hidden) throws IOException {
        NodeSandbox sandbox =
                NodeSandbox.create(
                        node.name(),
                        LabDirectory.netns(node.netns()),
                        directory.mountNamespace(node.name()),
                        new LabFolders(directory, hidden).binds(node));
        open.put(node.name(), sandbox);
        return sandbox;
    }

    /** The node's sandbox, entered if it is not yet. */
    NodeSandbox of(LabNode node) throws IOException {
        NodeSandbox sandbox = open.get(node.name());
        if (sandbox == null) {
            sandbox =
                    NodeSandbox.open(
                            node.name(),
                            LabDirectory.netns(node.netns()),
                            directory.mountNamespace(node.name()));
            open.put(node.name(), sandbox);
        }
        return sandbox;
    }

    @Override
    public void close() {
        open.values().forEach(NodeSandbox::close);
    }
}
