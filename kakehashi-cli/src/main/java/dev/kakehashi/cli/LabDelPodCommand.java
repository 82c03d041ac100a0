package dev.kakehashi.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

import java.util.concurrent.Callable;

/** {@code kakehashi lab del-pod}. */
@Command(
        name = "del-pod",
        mixinStandardHelpOptions = true,
        description = "Removes a pod: the CNI's DEL, then its namespace.")
final class LabDelPodCommand implements Callable<Integer> {
    @Mixin LabOptions options = new LabOptions();

    @Parameters(paramLabel = "POD", description = "Its name.")
    String pod = "";

    @Override
    public Integer call() throws Exception {
        options.open().delPod(pod);
        return 0;
    }
}
