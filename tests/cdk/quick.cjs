// What waits for seconds waits for a twentieth of that. WebAssembly is compiled soon rather than well: it runs once.
const wait = global.setTimeout;
global.setTimeout = (callback, delay, ...given) => wait(callback, delay >= 1000 ? delay / 20 : delay, ...given);
require("v8").setFlagsFromString("--liftoff-only");
