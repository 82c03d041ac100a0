package dev.kakehashi.cli;

import dev.kakehashi.cni.result.EncodedResult;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import java.util.concurrent.Callable;

/** {@code kakehashi cni add}. */
@Command(
        name = "add",
        mixinStandardHelpOptions = true,
        description = {
            "Attaches a network namespace to a network and prints the result.",
            "After a failure, too, there may be something to delete: kakehashi cni del."
        })
final class CniAddCommand implements Callable<Integer> {
    @Mixin CniAttachmentOptions attachment = new CniAttachmentOptions();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "json",
            description = "json, yaml or table (default: ${DEFAULT-VALUE}).")
    OutputFormat output = OutputFormat.JSON;

    @Override
    public Integer call() throws Exception {
        Cancellation.whenTold(() -> {
            EncodedResult result =
                    attachment
                            .where
                            .runtime()
                            .add(attachment.where.network(attachment.network), attachment.conf());
            if (output == OutputFormat.JSON) {
                // Without a newline, as plugins and cnitool print it.
                System.out.print(result.json().toPrettyString());
                System.out.flush();
            } else if (output.forPrograms()) {
                output.print(System.out, result.json());
            } else {
                CniReport.result(System.out, result);
            }
        });
        return 0;
    }
}
