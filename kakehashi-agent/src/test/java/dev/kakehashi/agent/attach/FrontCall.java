package dev.kakehashi.agent.attach;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** What a front binary left. */
record FrontCall(int status, String stdout, String stderr) {
    /** Waits for its end. */
    static FrontCall of(Process front) throws Exception {
        String stdout = new String(front.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String stderr = new String(front.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(front.waitFor(120, TimeUnit.SECONDS)).as("the front binary ended").isTrue();
        return new FrontCall(front.exitValue(), stdout, stderr);
    }

    FrontCall succeeded() {
        assertThat(status).as("%s%s", stdout, stderr).isZero();
        return this;
    }

    /** Failed with a CNI error of this code. */
    FrontCall failed(int code) {
        assertThat(status).as(stdout).isNotZero();
        assertThat(stdout).contains("\"code\": " + code + ",");
        return this;
    }

    /** The first address of the result, without its length. */
    String address() {
        int start = stdout.indexOf("\"address\": \"") + 12;
        return stdout.substring(start, stdout.indexOf('/', start));
    }
}
