package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.CniVersion;
import dev.kakehashi.cni.result.CniResult;

import java.util.ArrayList;
import java.util.List;

/** Notes each call and answers what a test tells it to. */
final class RecordingPlugin implements Plugin {
    final List<PluginRequest> requests = new ArrayList<>();
    List<CniVersion> versions = CniVersion.ALL;
    String about = "CNI recording plugin v1.2.3";
    Body body = request -> CniResult.EMPTY;

    /** What every operation does. */
    interface Body {
        CniResult run(PluginRequest request) throws CniException;
    }

    private CniResult call(PluginRequest request) throws CniException {
        requests.add(request);
        return body.run(request);
    }

    @Override
    public String name() {
        return "recording";
    }

    @Override
    public List<CniVersion> supportedVersions() {
        return versions;
    }

    @Override
    public String about() {
        return about;
    }

    @Override
    public CniResult add(PluginRequest request) throws CniException {
        return call(request);
    }

    @Override
    public void del(PluginRequest request) throws CniException {
        call(request);
    }

    @Override
    public void check(PluginRequest request) throws CniException {
        call(request);
    }

    @Override
    public void gc(PluginRequest request) throws CniException {
        call(request);
    }

    @Override
    public void status(PluginRequest request) throws CniException {
        call(request);
    }
}
