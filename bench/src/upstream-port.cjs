"use strict";
// Loaded before OpenWhisk's nodejs runtime, whose port is fixed: gives it a free one on the loopback, told on descriptor 3.
const { writeSync } = require("node:fs");
const { Server } = require("node:net");

const FIXED_PORT = 8080;
const TOLD_ON = 3;
const { listen } = Server.prototype;

/** @this {import("node:net").Server} @param {any[]} words */
Server.prototype.listen = function (...words) {
  if (words[0] !== FIXED_PORT) return listen.apply(this, /** @type {any} */ (words));
  this.once("listening", () => {
    writeSync(TOLD_ON, `${/** @type {import("node:net").AddressInfo} */ (this.address()).port}\n`);
  });
  return listen.apply(this, /** @type {any} */ ([0, "127.0.0.1"]));
};
