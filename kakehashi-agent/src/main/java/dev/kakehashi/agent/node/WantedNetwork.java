package dev.kakehashi.agent.node;

import dev.kakehashi.cluster.Kind;
import dev.kakehashi.cluster.Network;
import dev.kakehashi.cluster.NetworkSpec;
import dev.kakehashi.cluster.store.ConflictException;
import dev.kakehashi.cluster.store.Mirror;
import dev.kakehashi.cluster.store.Store;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.store.Stored;

import java.util.Optional;

/**
 * The Network of the node's pods. One that this agent may make is made when there is none, and not
 * again once there was one: who deletes it wants none, or makes another one, since some of it is
 * fixed when it is made.
 */
final class WantedNetwork {
    private static final System.Logger LOG = System.getLogger(NodeAgent.class.getName());

    /** What Flannel's configuration says of the pods' network, if there is one. */
    @FunctionalInterface
    interface FlannelSpec {
        Optional<NetworkSpec> spec() throws ConvergenceException;
    }

    private final NodeAgentOptions options;
    private final Store store;
    private final Mirror<Network> networks;
    private final FlannelSpec flannel;
    private boolean seen;

    /**
     * Nothing is looked for yet.
     *
     * @param flannel asked where the options do not say what to make
     */
    WantedNetwork(
            NodeAgentOptions options, Store store, Mirror<Network> networks, FlannelSpec flannel) {
        this.options = options;
        this.store = store;
        this.networks = networks;
        this.flannel = flannel;
    }

    /**
     * The Network as the mirror has it, or as it was just made.
     *
     * @throws ConvergenceException {@code NoNetwork} while there is none, {@code StoreFailed} when
     *     it could not be made
     */
    Network find() throws ConvergenceException {
        Optional<Network> known = networks.find(options.network()).map(Stored::object);
        if (known.isPresent()) {
            seen = true;
            return known.get();
        }
        Optional<Network> made = seen ? Optional.empty() : made();
        return made.orElseThrow(() -> new ConvergenceException("NoNetwork", missing()));
    }

    private String missing() {
        String network = "waiting for Network " + options.network() + ": ";
        return seen
                ? network + "it was deleted in the store " + options.store()
                : network + "there is none in the store " + options.store();
    }

    /** The Network that was asked for, made by whichever node is first. */
    private Optional<Network> made() throws ConvergenceException {
        boolean broken =
                networks.rejected().stream().anyMatch(r -> r.name().equals(options.network()));
        Optional<NetworkSpec> spec =
                options.networkCidrs().isEmpty()
                        ? flannel.spec()
                        : Optional.of(NetworkSpec.of(options.networkCidrs()));
        if (broken || spec.isEmpty()) {
            return Optional.empty();
        }
        try {
            Network wanted = Network.of(options.network(), spec.get().cidrs()).withSpec(spec.get());
            Stored<Network> made = store.create(Kind.NETWORK, wanted);
            LOG.log(
                    System.Logger.Level.INFO,
                    "made Network {0} over {1}: there was none",
                    options.network(),
                    spec.get().cidrs());
            return Optional.of(made.object());
        } catch (ConflictException e) {
            return Optional.empty(); // another node was first: the mirror brings it
        } catch (StoreException e) {
            throw new ConvergenceException("StoreFailed", String.valueOf(e.getMessage()), e);
        }
    }
}
