#!/usr/bin/perl
# serve NAME PORT READY: answers each client, over TCP and UDP, with NAME and the client's address; makes the file READY
#                        when it listens
# ask tcp|udp ADDRESS PORT: prints the answer, or "nothing"
# fetch ADDRESS PORT BYTES: prints the bits per second at which that many bytes come from a server that pours
# pour PORT READY: sends to each client over TCP until it goes
use strict;
use warnings;
use IO::Select;
use IO::Socket::INET;
use Time::HiRes qw(time);

$SIG{PIPE} = 'IGNORE';
my ($mode, @rest) = @ARGV;

sub ready { open(my $file, '>', $_[0]) or die $!; close $file }

sub listener {
    return IO::Socket::INET->new(LocalPort => $_[0], Listen => 16, ReuseAddr => 1) || die "listen: $@";
}

if ($mode eq 'serve') {
    my ($name, $port, $file) = @rest;
    my $tcp = listener($port);
    my $udp = IO::Socket::INET->new(LocalPort => $port, Proto => 'udp') or die "udp: $@";
    ready($file);
    my $select = IO::Select->new($tcp, $udp);
    while (my @some = $select->can_read) {
        for my $socket (@some) {
            if ($socket == $tcp) {
                my $client = $tcp->accept or next;
                print $client "$name sees " . $client->peerhost . "\n";
                close $client;
            } else {
                $udp->recv(my $question, 64) // next;
                $udp->send("$name sees " . $udp->peerhost . "\n");
            }
        }
    }
} elsif ($mode eq 'ask') {
    my ($proto, $address, $port) = @rest;
    my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Proto => $proto, Timeout => 2);
    my $answer = '';
    if ($socket) {
        $socket->send('?') if $proto eq 'udp';
        $socket->recv($answer, 256) if IO::Select->new($socket)->can_read(2);
    }
    print(defined $answer && length $answer ? $answer : "nothing\n");
} elsif ($mode eq 'pour') {
    my ($port, $file) = @rest;
    my $tcp = listener($port);
    ready($file);
    while (my $client = $tcp->accept) {
        1 while syswrite $client, 'x' x 16384;
    }
} elsif ($mode eq 'fetch') {
    my ($address, $port, $bytes) = @rest;
    my $socket = IO::Socket::INET->new(PeerAddr => $address, PeerPort => $port, Timeout => 2) or die "connect: $@";
    # The burst comes at any speed: half of the bytes are let go before the clock starts.
    my ($got, $start) = (0, 0);
    while ($got < $bytes) {
        my $count = sysread($socket, my $chunk, 65536) or die "the server went";
        $got += $count;
        $start ||= time . " $got" if $got >= $bytes / 2;
    }
    my ($since, $before) = split / /, $start;
    printf "%.0f\n", ($got - $before) * 8 / (time - $since);
} else {
    die "unknown: $mode";
}
