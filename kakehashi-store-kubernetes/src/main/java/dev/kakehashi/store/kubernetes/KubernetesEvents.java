package dev.kakehashi.store.kubernetes;

import dev.kakehashi.cluster.InvalidObjectException;
import dev.kakehashi.cluster.store.Notice;
import dev.kakehashi.cluster.store.StoreException;
import dev.kakehashi.cluster.yaml.JsonText;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes Events ({@code events.k8s.io/v1}), which {@code kubectl describe} shows. */
final class KubernetesEvents {
    /** Where Events about objects of the whole cluster must be. */
    private static final String NAMESPACE = "default";

    private static final String PATH =
            "/apis/events.k8s.io/v1/namespaces/" + NAMESPACE + "/events?fieldManager=kakehashi";
    private static final String CONTROLLER = "kakehashi.dev/agent";

    /** MicroTime of Kubernetes: always six digits. */
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubernetesApi api;
    private final EventLimit limit = new EventLimit();

    KubernetesEvents(KubernetesApi api) {
        this.api = api;
    }

    /** Writes it, unless too much is written already. */
    void tell(Notice notice, KubernetesKind<?> kind) throws StoreException {
        if (limit.admits(notice, Instant.now())) {
            try {
                write(notice, kind);
            } catch (StoreException e) {
                limit.failed(notice);
                throw e;
            }
        }
    }

    private void write(Notice notice, KubernetesKind<?> kind) throws StoreException {
        Map<String, Object> regarding = new LinkedHashMap<>();
        regarding.put("apiVersion", notice.kind().apiVersion());
        regarding.put("kind", notice.kind().singular());
        regarding.put("name", notice.name());
        regarding.put("uid", uid(notice, kind));
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("apiVersion", "events.k8s.io/v1");
        event.put("kind", "Event");
        event.put("metadata", Map.of("generateName", notice.name() + "-", "namespace", NAMESPACE));
        event.put("eventTime", MICRO_TIME.format(Instant.now()));
        event.put("reportingController", CONTROLLER);
        event.put("reportingInstance", notice.reporter());
        event.put("action", "Reconcile");
        event.put("reason", notice.reason());
        event.put("note", notice.message());
        event.put("type", "Warning");
        event.put("regarding", regarding);
        String what = "write an Event about " + notice.kind() + " " + notice.name();
        KubernetesApi.Reply reply =
                api.send(what, "POST", PATH, "application/json", JsonText.write(event));
        if (!reply.isSuccess()) {
            throw api.refused(what, reply);
        }
    }

    /** Without it {@code kubectl describe} does not find the Event. */
    private String uid(Notice notice, KubernetesKind<?> kind) throws StoreException {
        String what = "read " + notice.kind() + " " + notice.name();
        KubernetesApi.Reply reply = api.get(what, kind.path(notice.name()));
        if (!reply.isSuccess()) {
            throw api.refused(what, reply);
        }
        try {
            byte[] json = reply.body().getBytes(StandardCharsets.UTF_8);
            return KubernetesKind.field(JsonText.parseAnyLength(notice.name(), json), "uid");
        } catch (InvalidObjectException e) {
            throw new StoreException(api + ": cannot " + what + ": " + e.getMessage(), e);
        }
    }
}
