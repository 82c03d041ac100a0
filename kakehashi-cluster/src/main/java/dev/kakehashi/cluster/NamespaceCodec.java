package dev.kakehashi.cluster;

/** Reads Namespaces. All of what one says to us is in its metadata. */
final class NamespaceCodec implements Kind.Codec<Namespace> {
    @Override
    public Namespace decode(Metadata metadata, Fields fields, Tree origin) {
        return new Namespace(metadata, origin);
    }

    /** It has no fields of ours. */
    @Override
    public void encode(Namespace namespace, TreeEditor tree) {}
}
