package dev.kakehashi.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kakehashi.testing.Seeds;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

class AttributeCodecTest {
    /** An attribute tree: a leaf has bytes, a branch has children. */
    private sealed interface Node {
        int type();
    }

    private record Leaf(int type, List<Byte> content) implements Node {}

    private record Branch(int type, List<Node> children) implements Node {}

    @Test
    void trees_ofAnyShape_areReadAsTheyWereWritten() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 2000; round++) {
            List<Node> nodes = nodes(random, 0);
            MessageWriter writer = new MessageWriter(1 + random.nextInt(64));
            write(writer, nodes);
            byte[] bytes = writer.toByteArray();
            assertThat(bytes.length % 4).isZero();
            assertSame(attributes(bytes), nodes);
        }
    }

    @Test
    void numbers_inBothByteOrders_areReadAsTheyWereWritten() throws Exception {
        RandomGenerator random = Seeds.random();
        for (int round = 0; round < 1000; round++) {
            long value = random.nextLong();
            MessageWriter writer = new MessageWriter();
            writer.u8(1, (int) value)
                    .u16(2, (int) value)
                    .u32(3, (int) value)
                    .u64(4, value)
                    .be16(5, (int) value)
                    .be32(6, (int) value)
                    .be64(7, value)
                    .flag(8);
            Attributes read = attributes(writer.toByteArray());
            assertThat(next(read, 1).u8()).isEqualTo((int) value & 0xff);
            assertThat(next(read, 2).u16()).isEqualTo((int) value & 0xffff);
            assertThat(next(read, 3).u32()).isEqualTo((int) value);
            assertThat(next(read, 4).u64()).isEqualTo(value);
            assertThat(next(read, 5).be16()).isEqualTo((int) value & 0xffff);
            assertThat(next(read, 6).be32()).isEqualTo((int) value);
            assertThat(next(read, 7).be64()).isEqualTo(value);
            assertThat(next(read, 8).length()).isZero();
            assertThat(read.next()).isFalse();
        }
    }

    @Test
    void strings_endAtTheirNul() throws Exception {
        MessageWriter writer =
                new MessageWriter().string(1, "Zürich").bytes(2, new byte[] {65, 0, 66});
        Attributes read = attributes(writer.bytes(3, new byte[] {65, 66}).toByteArray());
        assertThat(next(read, 1).string()).isEqualTo("Zürich");
        assertThat(next(read, 2).string()).isEqualTo("A");
        assertThat(next(read, 3).string()).isEqualTo("AB");
    }

    @Test
    void contentOfTheWrongSize_isMalformed() throws Exception {
        Attributes read = attributes(new MessageWriter().u16(1, 7).toByteArray());
        Attribute attribute = next(read, 1);
        assertThat(attribute.u16()).isEqualTo(7);
        assertThatThrownBy(attribute::u32)
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("attribute 1 should have 4 bytes but has 2");
        assertThatThrownBy(attribute::address).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(attribute::mac).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(attribute::be64).isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> attribute.payload().u32(0))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> attribute.payload().u8(Integer.MAX_VALUE))
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> attribute.payload().attributes(3))
                .isInstanceOf(MalformedMessageException.class);
    }

    @Test
    void lengthsThatDoNotFit_areMalformed() {
        assertThatThrownBy(() -> attributes(new byte[] {3, 0, 1, 0}).next())
                .isInstanceOf(MalformedMessageException.class);
        assertThatThrownBy(() -> attributes(new byte[] {12, 0, 1, 0, 0, 0, 0, 0}).next())
                .isInstanceOf(MalformedMessageException.class)
                .hasMessage("attribute 1 claims 12 bytes where 8 are left");
    }

    @Test
    void anAttributeThatIsTooLong_isRefusedByTheWriter() {
        assertThatThrownBy(() -> new MessageWriter().bytes(1, new byte[70_000]))
                .isInstanceOf(IllegalArgumentException.class);
        MessageWriter writer = new MessageWriter();
        int start = writer.begin(1);
        for (int i = 0; i < 9; i++) {
            writer.bytes(2, new byte[8000]);
        }
        assertThatThrownBy(() -> writer.end(start)).isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Node> nodes(RandomGenerator random, int depth) {
        List<Node> nodes = new ArrayList<>();
        int count = random.nextInt(5);
        for (int i = 0; i < count; i++) {
            int type = random.nextInt(0x3fff);
            if (depth < 4 && random.nextInt(3) == 0) {
                nodes.add(new Branch(type, nodes(random, depth + 1)));
            } else {
                byte[] content = new byte[random.nextInt(20)];
                random.nextBytes(content);
                nodes.add(new Leaf(type, boxed(content)));
            }
        }
        return nodes;
    }

    private static List<Byte> boxed(byte[] bytes) {
        List<Byte> boxed = new ArrayList<>(bytes.length);
        for (byte b : bytes) {
            boxed.add(b);
        }
        return boxed;
    }

    private static void write(MessageWriter writer, List<Node> nodes) {
        for (Node node : nodes) {
            switch (node) {
                case Leaf(int type, List<Byte> content) -> {
                    int start = writer.beginUnmarked(type);
                    content.forEach(writer::u8);
                    writer.end(start);
                }
                case Branch(int type, List<Node> children) -> {
                    int start = writer.begin(type);
                    write(writer, children);
                    writer.end(start);
                }
            }
        }
    }

    private static void assertSame(Attributes attributes, List<Node> nodes) throws Exception {
        for (Node node : nodes) {
            Attribute attribute = next(attributes, node.type());
            switch (node) {
                case Leaf leaf -> assertThat(boxed(attribute.bytes())).isEqualTo(leaf.content());
                case Branch branch -> assertSame(attribute.nested(), branch.children());
            }
        }
        assertThat(attributes.next()).isFalse();
    }

    private static Attribute next(Attributes attributes, int type) throws Exception {
        assertThat(attributes.next()).isTrue();
        assertThat(attributes.attribute().type()).isEqualTo(type);
        return attributes.attribute();
    }

    private static Attributes attributes(byte[] bytes) {
        return new Attributes(
                ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder()), 0, bytes.length);
    }
}
