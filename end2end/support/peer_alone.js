// The certified authorization server by itself, for `cargo xtask bench`: says where it listens, and serves until it is ended.

import { peer } from "./peer.js";

const { issuer } = await peer(() => "https://notes.example/mcp");
console.log(issuer);
