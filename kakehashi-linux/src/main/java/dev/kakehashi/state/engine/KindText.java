package dev.kakehashi.state.engine;

import dev.kakehashi.linux.rtnetlink.LinkKind;

/** Kinds of links in the words of ip-link(8). */
final class KindText {
    private KindText() {}

    static String of(LinkKind kind) {
        return kind.toString();
    }
}
