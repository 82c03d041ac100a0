// Command flanneld is a node of Flannel for tests: Flannel's own back ends and subnet managers, without the rules of
// iptables, the health server and the systemd notification that a test has no use for. Its options are those of
// Flannel's flanneld that it has.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/flannel-io/flannel/pkg/backend"
	_ "github.com/flannel-io/flannel/pkg/backend/hostgw"
	_ "github.com/flannel-io/flannel/pkg/backend/vxlan"
	_ "github.com/flannel-io/flannel/pkg/backend/wireguard"
	"github.com/flannel-io/flannel/pkg/ipmatch"
	"github.com/flannel-io/flannel/pkg/subnet"
	"github.com/flannel-io/flannel/pkg/subnet/etcd"
	"github.com/flannel-io/flannel/pkg/subnet/kube"
)

type options struct {
	etcdEndpoints string
	etcdPrefix    string
	renewMargin   int
	kube          bool
	kubeconfig    string
	netConf       string
	iface         string
	publicIP      string
	publicIPv6    string
	subnetFile    string
	ipMasq        bool
}

func main() {
	var o options
	flag.StringVar(&o.etcdEndpoints, "etcd-endpoints", "http://127.0.0.1:2379", "where etcd is, joined by commas")
	flag.StringVar(&o.etcdPrefix, "etcd-prefix", "/coreos.com/network", "beginning of all keys")
	flag.IntVar(&o.renewMargin, "subnet-lease-renew-margin", 60, "minutes before its end when a lease is renewed")
	flag.BoolVar(&o.kube, "kube-subnet-mgr", false, "Nodes of Kubernetes instead of etcd")
	flag.StringVar(&o.kubeconfig, "kubeconfig-file", "", "where Kubernetes is")
	flag.StringVar(&o.netConf, "net-config-path", "/etc/kube-flannel/net-conf.json", "the network, with Kubernetes")
	flag.StringVar(&o.iface, "iface", "eth0", "interface to other nodes")
	flag.StringVar(&o.publicIP, "public-ip", "", "IPv4 address to other nodes")
	flag.StringVar(&o.publicIPv6, "public-ipv6", "", "IPv6 address to other nodes")
	flag.StringVar(&o.subnetFile, "subnet-file", "/run/flannel/subnet.env", "where the node's subnet is written")
	flag.BoolVar(&o.ipMasq, "ip-masq", false, "what the file of the subnet says of masquerade")
	flag.Parse()

	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	if err := run(ctx, o); err != nil && ctx.Err() == nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, o options) error {
	manager, err := manager(ctx, o)
	if err != nil {
		return err
	}
	config, err := manager.GetNetworkConfig(ctx)
	if err != nil {
		return err
	}
	if config == nil {
		return errors.New("there is no configuration of the network")
	}
	families, err := ipmatch.GetIPFamily(config.EnableIPv4, config.EnableIPv6)
	if err != nil {
		return err
	}
	public := ipmatch.PublicIPOpts{PublicIP: o.publicIP, PublicIPv6: o.publicIPv6}
	iface, err := ipmatch.LookupExtIface(o.iface, "", "", families, public)
	if err != nil {
		return err
	}
	backends := backend.NewManager(ctx, manager, iface)
	carrier, err := backends.GetBackend(config.BackendType)
	if err != nil {
		return err
	}
	var group sync.WaitGroup
	network, err := carrier.RegisterNetwork(ctx, &group, config)
	if err != nil {
		return err
	}
	lease := network.Lease()
	err = manager.HandleSubnetFile(o.subnetFile, config, o.ipMasq, lease.Subnet, lease.IPv6Subnet, network.MTU())
	if err != nil {
		return err
	}
	group.Add(1)
	go func() {
		defer group.Done()
		network.Run(ctx)
	}()
	// With etcd it renews the lease until the end, with Kubernetes it returns; back ends clean up after the end.
	err = manager.CompleteLease(ctx, lease, &group)
	if err == nil || ctx.Err() != nil {
		group.Wait()
	}
	return err
}

func manager(ctx context.Context, o options) (subnet.Manager, error) {
	if o.kube {
		return kube.NewSubnetManager(ctx, "", o.kubeconfig, "flannel.alpha.coreos.com", o.netConf, true)
	}
	servers := etcd.EtcdConfig{Endpoints: strings.Split(o.etcdEndpoints, ","), Prefix: o.etcdPrefix}
	none4, none6 := previous()
	return etcd.NewLocalManager(ctx, &servers, none4, none6, o.renewMargin)
}
