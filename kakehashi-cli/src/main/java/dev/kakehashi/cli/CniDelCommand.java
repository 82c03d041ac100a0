package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code kakehashi cni del}. */
@Command(
        name = "del",
        mixinStandardHelpOptions = true,
        description = {
            "Detaches a network namespace from a network. What is gone already is no error, nor is the"
                    + " namespace's being gone."
        })
final class CniDelCommand implements Callable<Integer> {
    @Mixin CniAttachmentOptions attachment = new CniAttachmentOptions();

    @Override
    public Integer call() throws Exception {
        Cancellation.whenTold(() ->
                attachment
                        .where
                        .runtime()
                        .del(attachment.where.network(attachment.network), attachment.conf()));
        return 0;
    }
}
