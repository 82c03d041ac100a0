package dev.kakehashi.image;

import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.DescriptorDigest;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.blob.BlobDescriptor;
import com.google.cloud.tools.jib.event.EventHandlers;
import com.google.cloud.tools.jib.hash.Digests;
import com.google.cloud.tools.jib.http.FailoverHttpClient;
import com.google.cloud.tools.jib.image.json.OciIndexTemplate;
import com.google.cloud.tools.jib.image.json.OciManifestTemplate;
import com.google.cloud.tools.jib.registry.ManifestAndDigest;
import com.google.cloud.tools.jib.registry.RegistryClient;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Makes one name for the images of several processors, which are in the registry already, each by
 * the tag with its processor behind: an index (OCI image specification, image-index.md), out of
 * which every node takes its own.
 */
public final class IndexMain {
    private static final int USAGE_ERROR = 64;

    private IndexMain() {}

    /** Makes the index: {@code REPOSITORY:TAG ARCHITECTURE...}. */
    public static void main(String[] arguments) {
        if (arguments.length < 2) {
            System.err.println("usage: IndexMain REPOSITORY:TAG ARCHITECTURE...");
            System.exit(USAGE_ERROR);
        }
        List<String> architectures = Arrays.asList(arguments).subList(1, arguments.length);
        try {
            DescriptorDigest digest = push(ImageReference.parse(arguments[0]), architectures);
            System.out.println(arguments[0] + "@" + digest + " (" + architectures + ")");
        } catch (IOException
                | InvalidImageReferenceException
                | RegistryException
                | CredentialRetrievalException e) {
            System.err.println(arguments[0] + " could not be made: " + e);
            System.exit(1);
        }
    }

    private static DescriptorDigest push(ImageReference name, List<String> architectures)
            throws IOException, RegistryException, CredentialRetrievalException {
        FailoverHttpClient http =
                new FailoverHttpClient(Registries.isLocal(name), false, Registries::tell);
        try {
            RegistryClient.Factory factory =
                    RegistryClient.factory(
                            EventHandlers.NONE, name.getRegistry(), name.getRepository(), http);
            Optional<Credential> credential = Registries.credential(name);
            credential.ifPresent(factory::setCredential);
            RegistryClient registry = factory.newRegistryClient();
            if (!registry.doPushBearerAuth() && credential.isPresent()) {
                registry.configureBasicAuth();
            }
            OciIndexTemplate index = new OciIndexTemplate();
            String tag = name.getQualifier();
            for (String architecture : architectures) {
                index.addManifest(
                        descriptor(registry, tag + "-" + architecture), tag + "-" + architecture);
                index.getManifests().getLast().setPlatform(architecture, "linux");
            }
            return registry.pushManifest(index, tag);
        } finally {
            http.shutDown();
        }
    }

    /** Digest and size of what was pushed: the same text again, which its digest proves. */
    private static BlobDescriptor descriptor(RegistryClient registry, String tag)
            throws IOException, RegistryException {
        ManifestAndDigest<OciManifestTemplate> pushed =
                registry.pullManifest(tag, OciManifestTemplate.class);
        BlobDescriptor descriptor = Digests.computeDigest(pushed.getManifest());
        if (!descriptor.getDigest().equals(pushed.getDigest())) {
            throw new IOException(
                    tag + " is another image than was pushed: somebody pushed it again meanwhile");
        }
        return descriptor;
    }
}
