package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

import java.util.concurrent.Callable;

/** {@code kakehashi cni check}. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description =
                "Has every plugin compare an attachment with what ADD left; silent if all is well.")
final class CniCheckCommand implements Callable<Integer> {
    @Mixin CniAttachmentOptions attachment = new CniAttachmentOptions();

    @Override
    public Integer call() throws Exception {
        Cancellation.whenTold(() ->
                attachment
                        .where
                        .runtime()
                        .check(attachment.where.network(attachment.network), attachment.conf()));
        return 0;
    }
}
