/* The plugins behind bridge, each with the least that makes a difference in the kernel: an element of
 * nftables for portmap and firewall, qdiscs and an ifb for bandwidth, a switch for tuning. */
#define _GNU_SOURCE
#include "least.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RATE (100000000 / 8)		/* octets a second */
#define BURST (100000000 / 8)		/* octets */
#define TICKS (1000000000 / 64 / 1000000)	/* of pkt_sched.h, a microsecond */

/* One element in or out of a set, in a transaction (nfnetlink: a batch). */
static void element(int add, const char *set, const void *key, size_t size)
{
	struct nfgenmsg batch = {.nfgen_family = AF_UNSPEC, .res_id = htons(NFNL_SUBSYS_NFTABLES)};
	struct nfgenmsg inet = {.nfgen_family = NFPROTO_INET};
	int type = add ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM;

	begin(NFNL_MSG_BATCH_BEGIN, 0, &batch, sizeof batch);
	end();
	begin(NFNL_SUBSYS_NFTABLES << 8 | type, NLM_F_ACK | (add ? NLM_F_CREATE : 0), &inet, sizeof inet);
	attribute(NFTA_SET_ELEM_LIST_TABLE, "least", sizeof "least");
	attribute(NFTA_SET_ELEM_LIST_SET, set, strlen(set) + 1);
	struct rtattr *list = attribute(NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED, NULL, 0);
	struct rtattr *one = attribute(NFTA_LIST_ELEM | NLA_F_NESTED, NULL, 0);
	struct rtattr *data = attribute(NFTA_SET_ELEM_KEY | NLA_F_NESTED, NULL, 0);
	attribute(NFTA_DATA_VALUE, key, size);
	close_nest(data);
	close_nest(one);
	close_nest(list);
	end();
	begin(NFNL_MSG_BATCH_END, 0, &batch, sizeof batch);
	end();
	flush(netlink(NETLINK_NETFILTER), 1, set);
}

void portmap(int add, const char *id, const char *host)
{
	uint16_t port = htons(1024 + hash(id) % 60000);

	(void)host;
	element(add, "ports", &port, sizeof port);
}

void firewall(int add, const char *id, const char *host)
{
	uint32_t address = htonl(0x0a610000 + hash(id) % 65000 + 100);

	(void)host;
	element(add, "admitted", &address, sizeof address);
}

static void token_bucket(int link)
{
	struct tcmsg tc = {.tcm_ifindex = link, .tcm_parent = TC_H_ROOT, .tcm_handle = 0x10000};
	struct tc_tbf_qopt bucket = {.rate = {.rate = RATE, .linklayer = TC_LINKLAYER_ETHERNET},
				     .limit = RATE,
				     .buffer = (uint32_t)(1000000ull * BURST / RATE * TICKS)};

	begin(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE, &tc, sizeof tc);
	attribute(TCA_KIND, "tbf", sizeof "tbf");
	struct rtattr *options = attribute(TCA_OPTIONS | NLA_F_NESTED, NULL, 0);
	attribute(TCA_TBF_PARMS, &bucket, sizeof bucket);
	close_nest(options);
	end();
}

/* All that comes from a link goes to another one. */
static void redirect(int from, int to)
{
	struct tcmsg ingress = {.tcm_ifindex = from, .tcm_parent = TC_H_INGRESS, .tcm_handle = 0xffff0000};
	struct tcmsg filter = {.tcm_ifindex = from,
			       .tcm_parent = 0xffff0000,
			       .tcm_info = TC_H_MAKE(1 << 16, htons(ETH_P_ALL))};
	struct tc_u32_sel all = {.flags = TC_U32_TERMINAL};
	struct tc_mirred mirred = {.action = TC_ACT_STOLEN, .eaction = TCA_EGRESS_REDIR, .ifindex = to};

	begin(RTM_NEWQDISC, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &ingress, sizeof ingress);
	attribute(TCA_KIND, "ingress", sizeof "ingress");
	end();
	begin(RTM_NEWTFILTER, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &filter, sizeof filter);
	attribute(TCA_KIND, "u32", sizeof "u32");
	struct rtattr *options = attribute(TCA_OPTIONS | NLA_F_NESTED, NULL, 0);
	attribute(TCA_U32_SEL, &all, sizeof all);
	struct rtattr *actions = attribute(TCA_U32_ACT | NLA_F_NESTED, NULL, 0);
	struct rtattr *first = attribute(1 | NLA_F_NESTED, NULL, 0);
	attribute(TCA_ACT_KIND, "mirred", sizeof "mirred");
	struct rtattr *what = attribute(TCA_ACT_OPTIONS | NLA_F_NESTED, NULL, 0);
	attribute(TCA_MIRRED_PARMS, &mirred, sizeof mirred);
	close_nest(what);
	close_nest(first);
	close_nest(actions);
	close_nest(options);
	end();
}

void bandwidth(int add, const char *id, const char *host)
{
	int fd = netlink(NETLINK_ROUTE);
	char ifb[IFNAMSIZ];
	struct ifinfomsg link = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};

	snprintf(ifb, sizeof ifb, "ifb%08x", hash(id));
	if (!add) {
		link = (struct ifinfomsg){.ifi_index = (int)if_nametoindex(ifb)};
		begin(RTM_DELLINK, NLM_F_ACK, &link, sizeof link);
		end();
		flush(fd, 1, "delete ifb");
		return;
	}
	begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
	attribute(IFLA_IFNAME, ifb, strlen(ifb) + 1);
	struct rtattr *info = attribute(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	attribute(IFLA_INFO_KIND, "ifb", 3);
	close_nest(info);
	end();
	flush(fd, 1, "ifb");

	int from = (int)if_nametoindex(host);
	int to = (int)if_nametoindex(ifb);

	token_bucket(from);
	token_bucket(to);
	redirect(from, to);
	flush(fd, 4, "qdiscs");
}

void tuning(int add, const char *id, const char *host)
{
	(void)id;
	(void)host;
	if (!add)
		return; /* it goes with the interface */
	int netns = open(variable("CNI_NETNS"), O_RDONLY | O_CLOEXEC);

	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0)
		die("CNI_NETNS");
	int file = open("/proc/sys/net/ipv4/conf/eth0/arp_filter", O_WRONLY | O_CLOEXEC);

	if (file < 0 || write(file, "1\n", 2) < 0)
		die("arp_filter");
}
