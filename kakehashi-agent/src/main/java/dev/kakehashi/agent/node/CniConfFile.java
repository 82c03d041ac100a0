package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.node.CniConfList;
import dev.kakehashi.linux.IpPrefix;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** The CNI configuration, which tells the runtime that pods may come; if the agent is to write. */
final class CniConfFile {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    private final String node;
    private final Optional<WrittenFile> file;

    CniConfFile(NodeAgentOptions options) {
        this.node = options.node();
        this.file =
                options.cniConfDir()
                        .map(directory -> directory.resolve(CniConfList.FILE_NAME))
                        .map(WrittenFile::new);
    }

    /** Makes it say how pods get into a network, with addresses of these subnets or of pools. */
    void write(Network network, List<IpPrefix> subnets, int mtu) throws ConvergenceException {
        if (file.isEmpty()) {
            return;
        }
        String text =
                network.spec().usesPools()
                        ? CniConfList.pools(network, node, mtu)
                        : CniConfList.render(network, subnets, mtu);
        try {
            if (file.get().ensure(text)) {
                LOG.log(System.Logger.Level.INFO, "wrote the CNI configuration {0}", file.get());
            }
        } catch (IOException e) {
            throw new ConvergenceException(
                    "CniConfFailed", "cannot write " + file.get() + ": " + e, e);
        }
    }
}
