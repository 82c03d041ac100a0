package dev.kakehashi.agent.attach;

import dev.kakehashi.cni.CniException;
import dev.kakehashi.linux.Errno;
import dev.kakehashi.linux.Fcntl;
import dev.kakehashi.linux.Fd;
import dev.kakehashi.linux.LinuxException;
import dev.kakehashi.linux.SysStat;
import dev.kakehashi.linux.netns.Netns;
import dev.kakehashi.linux.netns.NetnsId;
import dev.kakehashi.plugins.PluginHost;

import java.nio.file.Path;
import java.util.Optional;

/** The machine as one front binary sees it, during its call. */
final class Requester implements PluginHost, AutoCloseable {
    private final Descriptors descriptors;
    private final Netns netns;
    private final boolean ownsNetns;
    private final RequesterFiles files;
    private final Domain domain;
    private final String cniNetns;
    private final int netnsErrno;
    private Remembrance remembrance = () -> {};

    /** How a call is kept in mind until the machine itself has gone and come again. */
    @FunctionalInterface
    interface Remembrance {
        void write() throws CniException;
    }

    private Requester(
            Descriptors descriptors,
            Netns netns,
            boolean ownsNetns,
            RequesterFiles files,
            Domain domain,
            AttachRequest request) {
        this.descriptors = descriptors;
        this.netns = netns;
        this.ownsNetns = ownsNetns;
        this.files = files;
        this.domain = domain;
        this.cniNetns = request.variable("CNI_NETNS");
        this.netnsErrno = request.netnsErrno();
    }

    /**
     * Compares the requester's descriptors with this process's own surroundings, so that what is
     * the same is used directly. Takes ownership of the descriptors.
     */
    static Requester of(AttachRequest request, Descriptors descriptors, OwnProcess own)
            throws LinuxException {
        try {
            long rootMount = own.rootMount();
            if (descriptors.root().isPresent()) {
                rootMount = SysStat.mountId(descriptors.root().get()).orElse(-1);
            }
            boolean sameRoot =
                    descriptors.root().isEmpty()
                            || (rootMount == own.rootMount() && rootMount != -1);
            RequesterFiles files =
                    sameRoot
                            ? RequesterFiles.own(request.directory())
                            : RequesterFiles.below(
                                    descriptors.root().orElseThrow(), request.directory());
            NetnsId netnsId = own.netnsId();
            if (descriptors.ownNetns().isPresent()) {
                netnsId = id(descriptors.ownNetns().get());
            }
            boolean sameNetns = netnsId.equals(own.netnsId());
            Netns netns = sameNetns ? own.netns() : Netns.of(descriptors.ownNetns().orElseThrow());
            Domain domain =
                    new Domain(sameRoot && sameNetns, rootMount, netnsId.device(), netnsId.inode());
            return new Requester(descriptors, netns, !sameNetns, files, domain, request);
        } catch (LinuxException | RuntimeException e) {
            descriptors.close();
            throw e;
        }
    }

    /** Whose network and files these are. */
    Domain domain() {
        return domain;
    }

    @Override
    public Netns netns() {
        return netns;
    }

    @Override
    public Netns openNetns(String path) throws LinuxException {
        Optional<Fd> handedOver = descriptors.containerNetns();
        if (!path.equals(cniNetns) || (handedOver.isEmpty() && netnsErrno == 0)) {
            return Netns.open(files.file(path));
        }
        if (handedOver.isEmpty()) {
            throw new LinuxException(netnsErrno, "open", path);
        }
        Fd again = Fcntl.open("/proc/self/fd/" + handedOver.get().number(), Fcntl.O_RDONLY, 0);
        try {
            return Netns.of(again);
        } catch (LinuxException e) {
            throw e.is(Errno.EINVAL)
                    ? new LinuxException(
                            e.errno(), e.operation(), path + " is not a network namespace")
                    : e;
        }
    }

    @Override
    public Path file(String path) {
        return files.file(path);
    }

    /** Says how the call that the requester makes next is remembered. */
    void rememberBy(Remembrance by) {
        remembrance = by;
    }

    @Override
    public void rememberBeyondBoot() throws CniException {
        remembrance.write();
    }

    /** Whether a path leads to the host side itself; false when it leads nowhere. */
    boolean isOwnNetns(String path) {
        if (path.isEmpty()) {
            return false;
        }
        try {
            NetnsId id =
                    path.equals(cniNetns) && descriptors.containerNetns().isPresent()
                            ? id(descriptors.containerNetns().get())
                            : Netns.id(files.file(path));
            return id.inode() == domain.netnsInode() && id.device() == domain.netnsDevice();
        } catch (LinuxException e) {
            return false;
        }
    }

    private static NetnsId id(Fd netns) throws LinuxException {
        SysStat.Status status = SysStat.fstat(netns);
        return new NetnsId(status.device(), status.inode());
    }

    /** Closes what was handed over, so that nothing of the requester's stays in use. */
    void letGo() {
        if (ownsNetns) {
            netns.close();
        }
        descriptors.close();
    }

    @Override
    public void close() {
        letGo();
    }
}
