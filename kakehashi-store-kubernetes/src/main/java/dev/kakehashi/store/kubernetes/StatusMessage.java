package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cni.json.JsonException;
import dev.kakehashi.cni.json.JsonParser;

/** What the API server says in the Status object of a refusal. */
final class StatusMessage {
    private StatusMessage() {}

    static String of(KubernetesApi.Reply reply) {
        try {
            String message = JsonParser.parseObject(reply.body()).string("message", "");
            if (!message.isEmpty()) {
                return message;
            }
        } catch (JsonException e) {
            // Not from the API server itself: its status says more than its page.
        }
        return "HTTP status " + reply.status();
    }
}
