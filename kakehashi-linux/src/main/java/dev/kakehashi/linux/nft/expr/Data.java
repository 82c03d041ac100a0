package dev.kakehashi.linux.nft.expr;

/** What a register or a map element holds: bytes or a verdict (enum nft_data_types). */
public sealed interface Data permits Value, Verdict {}
