package dev.kakehashi.linux.iptables;

/** The protocol whose rules they are: each has programs of its own. */
public enum IptablesFamily {
    IPV4("iptables"),
    IPV6("ip6tables");

    private final String program;

    IptablesFamily(String program) {
        this.program = program;
    }

    /** The name that the programs' names begin with. */
    public String program() {
        return program;
    }
}
