import assert from "node:assert/strict";
import { clientAddress } from "./client_address.ts";

Deno.test("client address - without a trusted proxy a client's header is ignored", () => {
  assert.equal(clientAddress("192.0.2.1", "198.51.100.7", false), "192.0.2.1");
});

Deno.test("client address - behind a trusted proxy the right-most public entry counts, not what the client claims", () => {
  const of = (forwarded: string | null) => clientAddress("10.0.0.2", forwarded, true);
  assert.equal(of("203.0.113.9, 198.51.100.7"), "198.51.100.7");
  assert.equal(of("203.0.113.9, 198.51.100.7, 10.1.2.3, 192.168.0.1"), "198.51.100.7");
  assert.equal(of("203.0.113.9,198.51.100.7:4711"), "198.51.100.7");
  assert.equal(of("172.16.0.9, 10.0.0.1"), "10.0.0.1");
  for (const nothing of [null, "", " , ,"]) assert.equal(of(nothing), "10.0.0.2");
});

Deno.test("client address - an IPv6 client counts by its network", () => {
  const network = "2001:db8:1:2::/64";
  assert.equal(clientAddress("2001:db8:1:2:3:4:5:6", null, false), network);
  assert.equal(clientAddress("2001:0DB8:1:2::9", null, false), network);
  assert.equal(clientAddress("::1", "2001:db8:1:2::1", true), network);
  assert.equal(clientAddress("::1", "[2001:db8:1:2::1]:443, fd00::7", true), network);
  assert.notEqual(clientAddress("2001:db8:1:3::9", null, false), network);
});

Deno.test("client address - an IPv4 client on an IPv6 socket counts as itself", () => {
  assert.equal(clientAddress("::ffff:192.0.2.1", null, false), "192.0.2.1");
});
