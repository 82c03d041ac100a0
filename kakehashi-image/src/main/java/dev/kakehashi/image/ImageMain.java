package dev.kakehashi.image;

import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.LogEvent;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutionException;

/**
 * Makes the image of Kakehashi out of a root file system and what a build leaves, into an archive
 * or into a registry. Whoever pushes is known to the registry as to docker: {@code
 * ~/.docker/config.json} and its helpers.
 */
public final class ImageMain {
    private static final int USAGE_ERROR = 64;
    private static final String SOURCE = "kakehashi";

    private ImageMain() {}

    /** Makes one image. */
    public static void main(String[] arguments) throws InterruptedException {
        try {
            ImageOptions options = ImageOptions.parse(arguments);
            JibContainer image = make(options);
            System.out.println(options.name() + "@" + image.getDigest());
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(ImageOptions.USAGE);
            System.exit(USAGE_ERROR);
        } catch (IOException
                | InvalidImageReferenceException
                | CacheDirectoryCreationException
                | RegistryException
                | ExecutionException e) {
            System.err.println("the image could not be made: " + e);
            System.exit(1);
        }
    }

    private static JibContainer make(ImageOptions options)
            throws IOException,
                    InvalidImageReferenceException,
                    CacheDirectoryCreationException,
                    RegistryException,
                    ExecutionException,
                    InterruptedException {
        JibContainerBuilder builder =
                Jib.from(TarImage.at(options.base()))
                        .setPlatforms(Set.of(new Platform(options.architecture(), "linux")))
                        .setFormat(ImageFormat.OCI)
                        .addEnvironmentVariable(
                                "PATH",
                                HomeLayers.HOME
                                        + "/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin")
                        .addLabel("org.opencontainers.image.title", SOURCE)
                        .addLabel("org.opencontainers.image.licenses", "Apache-2.0")
                        .addLabel("org.opencontainers.image.version", options.version())
                        .setEntrypoint(HomeLayers.HOME + "/bin/kakehashi-agent");
        for (var layer : HomeLayers.of(options.home())) {
            builder.addFileEntriesLayer(layer);
        }
        return builder.containerize(
                destination(options)
                        .setToolName(SOURCE)
                        .addEventHandler(LogEvent.class, Registries::tell));
    }

    private static Containerizer destination(ImageOptions options)
            throws InvalidImageReferenceException, IOException {
        if (options.archive().isPresent()) {
            return Containerizer.to(TarImage.at(options.archive().get()).named(options.name()))
                    .setOfflineMode(true);
        }
        return Registries.push(ImageReference.parse(options.name()));
    }
}
