package dev.kakehashi.state.engine;

import dev.kakehashi.state.Link;
import dev.kakehashi.state.NamespaceId;
import dev.kakehashi.state.Resource;

import java.util.List;

/** Steps as commands. */
final class StepText {
    private StepText() {}

    static List<String> of(Step step) {
        return switch (step) {
            case Step.CreatePair pair -> LinkText.createPair(pair);
            case Step.Create create -> create(create);
            case Step.Configure configure ->
                    LinkText.configure(configure.namespace(), configure.resource());
            case Step.Move move -> LinkText.move(move);
            case Step.Change change -> change(change);
            case Step.Remove remove -> remove(remove.namespace(), remove.resource());
        };
    }

    private static List<String> create(Step.Create step) {
        if (step.resource() instanceof Link link) {
            return LinkText.create(step.namespace(), link, step.up());
        }
        return Handlers.of(step.resource())
                .createCommands(step.namespace(), step.resource(), false);
    }

    private static List<String> change(Step.Change step) {
        if (step.resource() instanceof Link link) {
            return LinkText.change(step.namespace(), link, (Link) step.before());
        }
        return Handlers.of(step.resource())
                .changeCommands(step.namespace(), step.resource(), step.before());
    }

    private static List<String> remove(NamespaceId namespace, Resource resource) {
        if (resource instanceof Link link) {
            return List.of(Commands.ip(namespace) + " link delete " + link.name());
        }
        return Handlers.of(resource).removeCommands(namespace, resource);
    }

    /** What a resource is, for people: the arguments of the command that makes it. */
    static String describe(Resource resource) {
        List<String> commands = create(new Step.Create(NamespaceId.HOST, resource, false));
        String command = commands.getFirst();
        int verb = command.indexOf(" add ");
        return verb < 0 ? command : command.substring(verb + 5);
    }
}
