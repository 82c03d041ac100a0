package dev.kakehashi.plugins.cleanup;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.plugin.Ipam;
import dev.kakehashi.cni.plugin.PluginRequest;
import dev.kakehashi.plugins.attachment.IpamTiming;

import java.util.ArrayList;
import java.util.List;

/** Things that are done one after the other, whatever becomes of those before. */
public final class Parts {

    private final List<CniException> failures = new ArrayList<>();

    /** Nothing is done yet. */
    public Parts() {}

    /** Something that may fail on its own. */
    public interface Part {
        /** Does it. */
        void run() throws CniException;
    }

    /** Does a part and keeps its failure. */
    public void attempt(Part part) {
        try {
            part.run();
        } catch (CniException e) {
            failures.add(e);
        }
    }

    /**
     * Removes an attachment and gives back its addresses: the addresses first where the IPAM plugin
     * tells somebody by way of the interface, and else when they are surely unused.
     *
     * @param interfaces removes the attachment's interfaces
     */
    public void detach(PluginRequest request, Part interfaces) {
        Part addresses = () -> Ipam.of(request).del();
        if (needsInterface(request)) {
            attempt(addresses);
            attempt(interfaces);
        } else {
            attempt(interfaces);
            attempt(addresses);
        }
    }

    private static boolean needsInterface(PluginRequest request) {
        try {
            return IpamTiming.needsInterface(request.ipamType());
        } catch (CniException e) {
            return false; // there is no plugin to ask
        }
    }

    /**
     * Ends.
     *
     * @throws CniException if parts failed: with the code of the first and the texts of all
     */
    public void finish() throws CniException {
        if (failures.isEmpty()) {
            return;
        }
        CniException first = failures.getFirst();
        if (failures.size() == 1) {
            throw first;
        }
        StringBuilder text = new StringBuilder();
        for (CniException failure : failures) {
            text.append(text.isEmpty() ? "" : "; ").append(failure.getMessage());
        }
        CniException all = new CniException(first.code(), text.toString());
        failures.forEach(all::addSuppressed);
        throw all;
    }
}
