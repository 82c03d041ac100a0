package dev.kakehashi.cni.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.config.NetworkConfigList;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Set;

class RuntimeGcTest extends RuntimeFixture {
    @Test
    void gc_attachmentsNotValid_areDeletedThenPluginsCollect() throws Exception {
        RuntimeConf stale =
                RuntimeConf.of("stale", "/proc/9/ns/net", "net1")
                        .withArgs(List.of(new CniArg("K", "V")));
        runtime().add(list("1.1.0"), conf);
        runtime().add(list("1.1.0"), stale);

        runtime().gc(list("1.1.0"), Set.of(conf.attachment()));

        assertThat(plugins.calls().subList(6, 12))
                .containsExactly(
                        "three DEL stale net1",
                        "two DEL stale net1",
                        "one DEL stale net1",
                        "one GC",
                        "two GC",
                        "three GC");
        assertThat(plugins.environment("one", "DEL"))
                .containsEntry("CNI_NETNS", "/proc/9/ns/net")
                .containsEntry("CNI_ARGS", "K=V");
        assertThat(plugins.environment("one", "GC"))
                .containsEntry("CNI_CONTAINERID", "")
                .containsEntry("CNI_NETNS", "")
                .containsEntry("CNI_IFNAME", "")
                .containsEntry("CNI_ARGS", "")
                .containsEntry("CNI_PATH", plugins.path().getFirst());
        assertThat(plugins.stdin("one", "GC").array("cni.dev/valid-attachments"))
                .hasToString("[{\"containerID\":\"some-id\",\"ifname\":\"eth0\"}]");
        assertThat(plugins.stdin("one", "GC").array("cni.dev/attachments")).hasSize(1);
        assertThat(plugins.stdin("one", "GC").has("prevResult")).isFalse();
        assertThat(cacheFile()).exists();
        assertThat(folder.resolve("cache/results/net-stale-net1")).doesNotExist();
    }

    @Test
    void gc_otherNetworks_areSpared() throws Exception {
        runtime().add(list("1.0.0"), conf);
        NetworkConfigList other =
                NetworkConfigList.parse(
                        "{\"name\":\"ne\",\"cniVersion\":\"1.0.0\",\"plugins\":[{\"type\":\"one\"}]}"
                                .getBytes(UTF_8));

        runtime().gc(other, Set.of());

        assertThat(plugins.calls()).as("1.0.0 knows no GC").hasSize(3);
        assertThat(cacheFile()).exists();
    }

    @Test
    void gc_failures_areAllToldAndStopNothing() throws Exception {
        runtime().add(list("1.1.0"), conf);
        plugins.on("three", "DEL", "echo '{\"code\":5,\"msg\":\"stuck\"}'; exit 1");
        plugins.on("one", "GC", "echo '{\"code\":5,\"msg\":\"no\"}'; exit 1");

        CniException e =
                catchThrowableOfType(
                        CniException.class, () -> runtime().gc(list("1.1.0"), List.of()));

        assertThat(e)
                .hasMessage(
                        "failed to delete stale attachment some-id eth0: plugin type=\"three\" failed"
                                + " (delete): stuck\n"
                                + "failed to GC plugin one: no");
        assertThat(plugins.calls().subList(4, 7)).containsExactly("one GC", "two GC", "three GC");

        plugins.on("three", "DEL", "");
        assertThatThrownBy(() -> runtime().gc(list("1.1.0"), List.of()))
                .isInstanceOfSatisfying(
                        CniException.class, single -> assertThat(single.code()).isEqualTo(5));
    }

    @Test
    void gc_disabled_doesNothing() throws Exception {
        runtime().add(list("1.1.0"), conf);

        runtime().gc(list("1.1.0", "'disableGC':true,"), List.of());

        assertThat(plugins.calls()).hasSize(3);
        assertThat(cacheFile()).exists();
    }
}
