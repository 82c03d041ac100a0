package dev.kakehashi.plugins.veth;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.plugins.attachment.Undo;
import dev.kakehashi.plugins.attachment.Veth;
import dev.kakehashi.plugins.masquerade.Backend;
import dev.kakehashi.state.DesiredState;

import java.util.Optional;

/** What an ADD is to make, described step by step as its addresses become known. */
public interface NewVeth {

    /** The links without addresses, for address management that has to see the interface. */
    DesiredState links(Veth veth);

    /** All of an attachment that gets no addresses. */
    DesiredState withoutAddresses(Veth veth);

    /** What address management said, in the words of the result: interfaces, gateways, routes. */
    CniResult complete(CniResult answer) throws CniException;

    /** Makes way on the host for the addresses. */
    void prepare(CniResult addressed, Undo undo) throws CniException;

    /**
     * All of an attachment with addresses, after {@link #prepare}.
     *
     * @param masquerade how addresses are masqueraded; iptables has its own way into the kernel
     */
    DesiredState whole(Veth veth, CniResult addressed, Optional<Backend> masquerade)
            throws CniException;

    /** What is left to be done, or waited for, once the attachment with addresses is made. */
    void finish(CniResult addressed) throws CniException;

    /** What ADD answers. */
    CniResult result(Veth veth, CniResult addressed) throws CniException;
}
