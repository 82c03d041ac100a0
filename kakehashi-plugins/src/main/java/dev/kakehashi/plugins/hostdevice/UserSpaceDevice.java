package dev.kakehashi.plugins.hostdevice;

import dev.kakehashi.plugins.single.NewInterface;
import dev.kakehashi.state.Link;
import dev.kakehashi.state.LinkBuilder;

/** A device that a program drives: the kernel has no interface of it, but it gets addresses. */
record UserSpaceDevice(String ifName) implements NewInterface {

    @Override
    public LinkBuilder link() {
        return Link.existing(ifName);
    }

    @Override
    public boolean isInKernel() {
        return false;
    }
}
