import fc from "fast-check";
import { describe, test } from "vitest";
import { addressAt, PLACES, pickSubnet } from "./subnet.ts";

describe("the network of sandboxes", () => {
  test("keeps clear of every route and address in use", ({ expect }) => {
    const routes =
      "default via 192.0.2.1 dev eth0\n10.128.0.0/10 dev tun0\n10.200.7.0/24 dev br0 src 10.200.7.1\nlocal 10.201.0.9 dev lo";
    expect(pickSubnet(72, routes, ["10.202.255.53"]).cidr).toBe("10.203.0.0/16");
  });

  test("moves to another range when a VPN routes all of 10.0.0.0/8", ({ expect }) => {
    expect(pickSubnet(3, "10.0.0.0/8 dev tun0\n172.16.0.0/14 dev docker0", []).cidr).toBe("172.20.0.0/16");
  });

  test("takes no notice of default routes, even when they are cut in halves", ({ expect }) => {
    expect(pickSubnet(0, "0.0.0.0/1 dev tun0\n128.0.0.0/1 dev tun0", []).cidr).toBe("10.128.0.0/16");
  });

  test("says so when nothing is left", ({ expect }) => {
    expect(() => pickSubnet(0, "10.0.0.0/8 dev a\n172.16.0.0/12 dev b", [])).toThrow("cover all private networks");
  });

  test("gives each container an address of its own, none of them the gateway's", ({ expect }) => {
    const subnet = pickSubnet(0, "", []);
    const pattern = new RegExp(`^${subnet.prefix}\\.([1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4])\\.\\d{1,3}$`);
    fc.assert(fc.property(fc.nat(PLACES - 1), (index) => pattern.test(addressAt(subnet, index))));
    expect(new Set(Array.from({ length: PLACES }, (_, index) => addressAt(subnet, index))).size).toBe(PLACES);
    expect(addressAt(subnet, 0)).not.toBe(subnet.gateway);
  });
});
