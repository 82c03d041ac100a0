/* bridge with host-local: a pair, one end in the container's namespace, the other one up and on the
 * bridge; the address; a file that reserves it (rtnetlink(7)). DEL deletes the pair and the file;
 * with LEAST_DELETE=later it only takes the pair off the bridge, and its name from the container's
 * end, which is the least that must be over when the caller goes on, and leaves the rest to others. */
#define _GNU_SOURCE
#include "least.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* The file of the nth address after the one that the container's hash leads to. */
static uint32_t lease(char *path, size_t size, const char *id, uint32_t n)
{
	uint32_t host = (hash(id) + n) % 65000 + 100;

	snprintf(path, size, "%s/%u", variable("LEAST_FOLDER"), host);
	return htonl(0x0a610000 + host);
}

static uint32_t reserve(const char *id)
{
	for (uint32_t n = 0; n < 65000; n++) {
		char path[4096];
		uint32_t address = lease(path, sizeof path, id, n);
		int fd = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

		if (fd >= 0) {
			if (write(fd, id, strlen(id)) < 0)
				die(path);
			close(fd);
			return address;
		}
		if (errno != EEXIST)
			die(path);
	}
	die("no free address");
	return 0;
}

static void release(const char *id)
{
	for (uint32_t n = 0; n < 65000; n++) {
		char path[4096], owner[256] = "";

		lease(path, sizeof path, id, n);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (fd < 0)
			return;
		ssize_t size = read(fd, owner, sizeof owner - 1);

		close(fd);
		if (size > 0 && strcmp(owner, id) == 0) {
			unlink(path);
			return;
		}
	}
}

static void add(const char *id, const char *host)
{
	int fd = netlink(NETLINK_ROUTE);
	int netns = open(variable("CNI_NETNS"), O_RDONLY | O_CLOEXEC);
	struct ifinfomsg link = {0};
	uint32_t address = reserve(id);

	if (netns < 0)
		die("CNI_NETNS");
	begin(RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &link, sizeof link);
	attribute(IFLA_IFNAME, host, strlen(host) + 1);
	struct rtattr *info = attribute(IFLA_LINKINFO | NLA_F_NESTED, NULL, 0);
	attribute(IFLA_INFO_KIND, "veth", 4);
	struct rtattr *data = attribute(IFLA_INFO_DATA | NLA_F_NESTED, NULL, 0);
	struct rtattr *peer = attribute(VETH_INFO_PEER | NLA_F_NESTED, NULL, 0);
	append(&link, sizeof link);
	attribute(IFLA_IFNAME, "eth0", sizeof "eth0");
	attribute(IFLA_NET_NS_FD, &netns, sizeof netns);
	close_nest(peer);
	close_nest(data);
	close_nest(info);
	end();
	flush(fd, 1, "pair");

	uint32_t bridge = if_nametoindex(variable("LEAST_BRIDGE"));
	link.ifi_flags = link.ifi_change = IFF_UP;
	begin(RTM_NEWLINK, NLM_F_ACK, &link, sizeof link);
	attribute(IFLA_IFNAME, host, strlen(host) + 1);
	attribute(IFLA_MASTER, &bridge, sizeof bridge);
	end();
	flush(fd, 1, "host's end");

	if (setns(netns, CLONE_NEWNET) < 0)
		die("setns");
	int inside = netlink(NETLINK_ROUTE);

	link.ifi_index = if_nametoindex("eth0");
	begin(RTM_NEWLINK, NLM_F_ACK, &link, sizeof link);
	end();
	struct ifaddrmsg assigned = {.ifa_family = AF_INET, .ifa_prefixlen = 16, .ifa_index = link.ifi_index};
	begin(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, &assigned, sizeof assigned);
	attribute(IFA_LOCAL, &address, sizeof address);
	attribute(IFA_ADDRESS, &address, sizeof address);
	end();
	flush(inside, 2, "container's end");
}

static void leave(int fd, struct ifinfomsg *link)
{
	uint32_t none = 0;
	struct ifreq down = {.ifr_name = "eth0"}, name = down;
	int netns = open(variable("CNI_NETNS"), O_RDONLY | O_CLOEXEC);

	begin(RTM_NEWLINK, NLM_F_ACK, link, sizeof *link);
	attribute(IFLA_MASTER, &none, sizeof none);
	end();
	flush(fd, 1, "leave the bridge");
	if (netns < 0 || setns(netns, CLONE_NEWNET) < 0)
		die("CNI_NETNS");
	int inside = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	snprintf(name.ifr_newname, sizeof name.ifr_newname, "gone%08x", (unsigned)getpid());
	/* Kernels before 6.2 rename only what is down (dev_change_name(), net/core/dev.c). */
	if (ioctl(inside, SIOCSIFNAME, &name) < 0 &&
	    (errno != EBUSY || ioctl(inside, SIOCSIFFLAGS, &down) < 0 || ioctl(inside, SIOCSIFNAME, &name) < 0))
		die("take the name");
}

static void del(const char *id, const char *host)
{
	struct ifinfomsg link = {.ifi_index = if_nametoindex(host)};
	int fd = netlink(NETLINK_ROUTE);

	if (getenv("LEAST_DELETE") != NULL) {
		leave(fd, &link);
		release(id);
		return;
	}
	begin(RTM_DELLINK, NLM_F_ACK, &link, sizeof link);
	end();
	flush(fd, 1, "delete pair");
	release(id);
}

void bridge(int adds, const char *id, const char *host)
{
	if (adds)
		add(id, host);
	else
		del(id, host);
}
