package dev.kakehashi.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.Credential;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import com.google.cloud.tools.jib.registry.credentials.CredentialRetrievalException;

import java.util.Optional;

/** How registries are spoken to. */
final class Registries {
    private Registries() {}

    /** A push to a registry, known to it as docker is. */
    static Containerizer push(ImageReference name) throws InvalidImageReferenceException {
        RegistryImage registry = RegistryImage.named(name);
        registry.addCredentialRetriever(credentials(name).dockerConfig());
        return Containerizer.to(registry).setAllowInsecureRegistries(isLocal(name));
    }

    /** Who we are to it, by {@code ~/.docker/config.json} and its helpers. */
    static Optional<Credential> credential(ImageReference name)
            throws CredentialRetrievalException {
        return credentials(name).dockerConfig().retrieve();
    }

    private static CredentialRetrieverFactory credentials(ImageReference name) {
        return CredentialRetrieverFactory.forImage(name, Registries::tell);
    }

    /** Whether it is on this machine, where docker and containerd need no TLS either. */
    static boolean isLocal(ImageReference name) {
        String registry = name.getRegistry();
        String host = registry.replaceFirst(":[0-9]+$", "");
        return host.equals("localhost") || host.equals("[::1]") || host.startsWith("127.");
    }

    static void tell(LogEvent event) {
        if (event.getLevel() == LogEvent.Level.ERROR || event.getLevel() == LogEvent.Level.WARN) {
            System.err.println(event.getMessage());
        }
    }
}
