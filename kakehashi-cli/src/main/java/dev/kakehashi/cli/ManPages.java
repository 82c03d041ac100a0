package dev.kakehashi.cli;

import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes a manual page for each command, in the language of man(7), out of what the commands say of
 * themselves. A program of the build.
 */
public final class ManPages {
    private static final String PROGRAM = "kakehashi";
    private static final String ENVIRONMENT =
            """
            .SH ENVIRONMENT
            .TP
            .B KAKEHASHI_DEBUG
            if set, the stack of an error is printed
            .TP
            .B NO_COLOR
            if set, nothing is coloured
            .TP
            .B KAKEHASHI_LAB_PATIENCE
            how many times as long as usual a lab waits for its programs, on a slow machine: 1 to 100
            .TP
            .B KAKEHASHI_JAVA_OPTS
            more options of the Java virtual machine
            .SH EXIT STATUS
            0 success; 1 the work failed, or something is not as it should be; 2 the command line was wrong.
            """;

    private ManPages() {}

    /** Writes the pages to a folder. */
    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 1) {
            System.err.println("usage: ManPages FOLDER");
            System.exit(CommandLine.ExitCode.USAGE);
        }
        write(Kakehashi.commandLine(), PROGRAM, Files.createDirectories(Path.of(arguments[0])));
    }

    private static void write(CommandLine command, String name, Path folder) throws IOException {
        Files.writeString(folder.resolve(name + ".1"), page(command, name));
        for (CommandLine sub : subcommands(command)) {
            write(sub, name + "-" + sub.getCommandName(), folder);
        }
    }

    /** The page of a command, named as its words joined by hyphens. */
    static String page(CommandLine command, String name) {
        CommandSpec spec = command.getCommandSpec();
        Help help = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF));
        List<String> description = List.of(spec.usageMessage().description());
        StringBuilder page = new StringBuilder();
        page.append(".TH ")
                .append(quoted(name.toUpperCase(java.util.Locale.ROOT)))
                .append(" 1 \"\" ")
                .append(quoted("Kakehashi"))
                .append(" \"\"\n.nh\n.ad l\n.SH NAME\n");
        page.append(escaped(name)).append(" \\- ").append(line(headline(description)));
        page.append(".SH SYNOPSIS\n").append(line(words(help.synopsis(0))));
        page.append(".SH DESCRIPTION\n").append(line(String.join(" ", description)));
        options(spec, page);
        commands(command, name, page);
        page.append(ENVIRONMENT);
        seeAlso(command, name, page);
        return page.toString();
    }

    private static void options(CommandSpec spec, StringBuilder page) {
        boolean first = true;
        for (PositionalParamSpec parameter : spec.positionalParameters()) {
            first = begin(first, page);
            page.append(".TP\n.I ").append(line(parameter.paramLabel()));
            page.append(line(String.join(" ", parameter.description())));
        }
        for (OptionSpec option : spec.options()) {
            if (!option.hidden()) {
                first = begin(first, page);
                page.append(".TP\n");
                String names = "\\fB" + escaped(String.join(", ", option.names())) + "\\fR";
                page.append(names);
                if (option.arity().max() > 0) {
                    page.append(" \\fI").append(escaped(option.paramLabel())).append("\\fR");
                }
                page.append('\n').append(line(String.join(" ", option.description())));
            }
        }
    }

    private static boolean begin(boolean first, StringBuilder page) {
        if (first) {
            page.append(".SH OPTIONS\n");
        }
        return false;
    }

    private static void commands(CommandLine command, String name, StringBuilder page) {
        List<CommandLine> all = subcommands(command);
        if (!all.isEmpty()) {
            page.append(".SH COMMANDS\n");
        }
        for (CommandLine sub : all) {
            String full = name + "-" + sub.getCommandName();
            page.append(".TP\n\\fB").append(escaped(full)).append("\\fR(1)\n");
            page.append(line(headline(List.of(sub.getCommandSpec().usageMessage().description()))));
        }
    }

    private static void seeAlso(CommandLine command, String name, StringBuilder page) {
        int end = name.lastIndexOf('-');
        if (command.getParent() != null && end > 0) {
            page.append(".SH SEE ALSO\n.BR ")
                    .append(escaped(name.substring(0, end)))
                    .append(" (1)\n");
        }
    }

    /** Each once, under its first name. */
    private static List<CommandLine> subcommands(CommandLine command) {
        Set<CommandLine> all = new LinkedHashSet<>(command.getSubcommands().values());
        return all.stream().filter(sub -> !sub.getCommandSpec().usageMessage().hidden()).toList();
    }

    /** The first sentence, without its full stop, as whatis(1) wants it. */
    private static String headline(List<String> description) {
        String text = String.join(" ", description);
        int stop = text.indexOf(". ");
        String first = stop < 0 ? text : text.substring(0, stop);
        return first.endsWith(".") ? first.substring(0, first.length() - 1) : first;
    }

    private static String words(String text) {
        return String.join(
                " ", text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList());
    }

    /** Text on a line of its own: what begins as a request of troff does not. */
    private static String line(String text) {
        String escaped = escaped(words(text));
        return (escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" : "") + escaped + "\n";
    }

    private static String quoted(String text) {
        return '"' + escaped(text) + '"';
    }

    /** Hyphens that are typed, and the escape character itself (groff_char(7)). */
    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "\\[u2026]");
    }
}
