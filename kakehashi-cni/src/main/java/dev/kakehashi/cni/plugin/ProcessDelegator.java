package dev.kakehashi.cni.plugin;

import dev.kakehashi.cni.CniCommand;
import dev.kakehashi.cni.CniException;
import dev.kakehashi.cni.exec.PluginExec;
import dev.kakehashi.cni.exec.PluginInvoker;
import dev.kakehashi.cni.exec.ProcessPluginExec;
import dev.kakehashi.cni.result.CniResult;
import dev.kakehashi.cni.result.ResultCodec;

import java.nio.charset.StandardCharsets;

/** Delegates to binaries found in the call's CNI_PATH. */
public final class ProcessDelegator implements Delegator {
    private final PluginExec exec;

    private ProcessDelegator(PluginExec exec) {
        this.exec = exec;
    }

    /** Runs delegates as children of this process. */
    public static ProcessDelegator create() {
        return new ProcessDelegator(ProcessPluginExec.create());
    }

    /** Finds and runs delegates by other means. */
    public static ProcessDelegator with(PluginExec exec) {
        return new ProcessDelegator(exec);
    }

    @Override
    public CniResult add(String type, PluginRequest request) throws CniException {
        byte[] stdout = invoke(CniCommand.ADD, type, request);
        String version = request.cniVersion();
        return ResultCodec.decode(version, PluginInvoker.readResult(version, stdout));
    }

    @Override
    public void del(String type, PluginRequest request) throws CniException {
        invoke(CniCommand.DEL, type, request);
    }

    @Override
    public void check(String type, PluginRequest request) throws CniException {
        invoke(CniCommand.CHECK, type, request);
    }

    @Override
    public void gc(String type, PluginRequest request) throws CniException {
        invoke(CniCommand.GC, type, request);
    }

    @Override
    public void status(String type, PluginRequest request) throws CniException {
        invoke(CniCommand.STATUS, type, request);
    }

    private byte[] invoke(CniCommand command, String type, PluginRequest request)
            throws CniException {
        PluginRequest delegated = request.as(command);
        String binary = exec.find(type, delegated.path());
        byte[] stdin = delegated.config().toCompactString().getBytes(StandardCharsets.UTF_8);
        return PluginInvoker.of(exec, delegated.log())
                .invoke(binary, delegated.environment(), stdin);
    }
}
